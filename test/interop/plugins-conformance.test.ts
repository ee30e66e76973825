import { join } from 'node:path';
import { type ConformanceReport, runConformance } from '@interlink/conformance';
import { expect, test } from 'vitest';
import { startSidecarProcess } from '../conformance/sidecar-process.ts';
import { waitFor } from '../testbed/index.ts';
import { type PythonPlugin, startPythonPlugin, startPythonPluginV1 } from './peers/python-plugin.ts';

/** A whole suite beside others. */
const timeout = 300_000;

async function judge(
  { url, token }: Pick<PythonPlugin, 'url' | 'token'>,
  protocol: 'v1' | 'v2' | 'auto',
): Promise<ConformanceReport> {
  return await runConformance({ url, token, protocol, parallel: 16 });
}

const named = ({ results }: ConformanceReport, outcome: string) =>
  results.flatMap((result) => (result.outcome === outcome ? [`${result.name}: ${result.reason ?? result.seen}`] : []));

/** What the examples say by their capabilities that they leave out. Their pods would outlive a kill. */
const leftOut = [
  'no command to restart the sidecar was given',
  'the capabilities do not announce stats',
  'the capabilities do not announce update',
  'the capabilities do not announce updateVolumes',
  'the capabilities do not ask for a kubeconfig',
];

const whySkipped = (report: ConformanceReport) =>
  [...new Set(named(report, 'skipped').map((line) => line.replace(/^.*?: /, '')))].toSorted();

test('the plugin in Python passes the suite of v2', { timeout }, async () => {
  await using plugin = await startPythonPlugin();
  const report = await judge(plugin, 'v2');
  expect(named(report, 'failed')).toEqual([]);
  expect(named(report, 'passed').length).toBeGreaterThan(60);
  expect(whySkipped(report)).toEqual(leftOut);
});

test('the plugin in Python passes the suite of v1', { timeout }, async () => {
  await using plugin = await startPythonPluginV1();
  const report = await judge(plugin, 'v1');
  expect(named(report, 'failed')).toEqual([]);
  expect(named(report, 'skipped')).toEqual([]);
});

test('the plugin in TypeScript passes the suites of both', { timeout }, async () => {
  await using plugin = await startSidecarProcess(
    join(import.meta.dirname, '../../examples/typescript-plugin/plugin.ts'),
  );
  const report = await waitFor('the plugin to answer', async () => await judge(plugin, 'auto'), { timeoutMs: timeout });
  expect(named(report, 'failed')).toEqual([]);
  expect(named(report, 'passed').length).toBeGreaterThan(75);
  expect(whySkipped(report)).toEqual(leftOut);
});
