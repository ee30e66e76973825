import { type ConformanceReport, runConformance } from '@interlink/conformance';
import { expect, test } from 'vitest';
import { type PythonPlugin, startPythonPlugin, startPythonPluginV1 } from './peers/python-plugin.ts';

/** A whole suite beside others. */
const timeout = 300_000;

async function judge({ url, token }: PythonPlugin, protocol: 'v1' | 'v2'): Promise<ConformanceReport> {
  return await runConformance({ url, token, protocol, parallel: 16 });
}

const named = ({ results }: ConformanceReport, outcome: string) =>
  results.flatMap((result) => (result.outcome === outcome ? [`${result.name}: ${result.reason ?? result.seen}`] : []));

test('the plugin in Python passes the suite of v2', { timeout }, async () => {
  await using plugin = await startPythonPlugin();
  const report = await judge(plugin, 'v2');
  expect(named(report, 'failed')).toEqual([]);
  expect(named(report, 'passed').length).toBeGreaterThan(60);
  // It says by its capabilities what it leaves out.
  const reasons = new Set(named(report, 'skipped').map((line) => line.replace(/^.*?: /, '')));
  expect([...reasons].toSorted()).toEqual([
    'no command to restart the sidecar was given',
    'the capabilities do not announce stats',
    'the capabilities do not announce update',
    'the capabilities do not announce updateVolumes',
  ]);
});

test('the plugin in Python passes the suite of v1', { timeout }, async () => {
  await using plugin = await startPythonPluginV1();
  const report = await judge(plugin, 'v1');
  expect(named(report, 'failed')).toEqual([]);
  expect(named(report, 'skipped')).toEqual([]);
});
