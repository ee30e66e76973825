import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { waitFor } from '../../testbed/index.ts';
import { startMetricsServer } from '../../testbed/metrics-server/metrics-server.ts';
import { pod, shell } from '../drivers/pods.ts';
import { cannotRun, slurmTest } from './drivers/slurm-test.ts';

/** The first use builds metrics-server. */
const buildTimeoutMs = 1_500_000;
const mebibytesHeld = 20;
/** Holds some memory and uses as much CPU as it gets. */
const burn = `trap "exit 0" TERM; x=$(head -c ${mebibytesHeld * 1_048_576} /dev/zero | tr '\\0' x); while :; do :; done`;

const test = slurmTest('top').extend('metricsServer', { scope: 'file' }, async ({ controlPlane }, { onCleanup }) => {
  const directory = await mkdtemp(join(tmpdir(), 'metrics-server-'));
  const end = await startMetricsServer({ controlPlane, directory, signal: AbortSignal.timeout(buildTimeoutMs) });
  onCleanup(async () => {
    await end();
    await rm(directory, { recursive: true });
  });
  return directory;
});

describe.skipIf(cannotRun)('kubectl top, by a real metrics-server', () => {
  test('shows what a job uses', { timeout: buildTimeoutMs }, async ({ site, namespace, metricsServer }) => {
    expect(metricsServer).toBeTruthy();
    await namespace.apply(pod(site.nodeName, 'works', { containers: [shell('burn', burn)] }));
    await namespace.waitForPhase('works', 'Running', { timeoutMs: 120_000 });
    const [, milliCores, mebibytes] = await waitFor(
      'kubectl top pod to know the job at work',
      async () => {
        const printed = await namespace.run('top', 'pod', 'works', '--no-headers');
        const found = /^works +(\d+)m +(\d+)Mi/.exec(printed);
        if (found !== null && Number(found[1]) > 0 && Number(found[2]) >= mebibytesHeld) return found;
        throw new Error(printed);
      },
      { timeoutMs: 180_000, intervalMs: 1_000 },
    );
    // One CPU at work, with what watches it.
    expect(Number(milliCores)).toBeLessThanOrEqual(2_000);
    expect(Number(mebibytes)).toBeLessThan(mebibytesHeld * 10);
  });
});
