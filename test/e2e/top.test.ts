import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { kubectl, waitFor } from '../testbed/index.ts';
import { startMetricsServer } from '../testbed/metrics-server/metrics-server.ts';
import { pod, shell, untilTerm } from './drivers/pods.ts';
import { cannotRun, siteTest } from './drivers/site-test.ts';

const mebibytesHeld = 20;
/** Holds some memory and uses as much CPU as it gets. */
const burn = `trap "exit 0" TERM; x=$(head -c ${mebibytesHeld * 1_048_576} /dev/zero | tr '\\0' x); while :; do :; done`;

/** The first use builds metrics-server. */
const buildTimeoutMs = 1_500_000;
/** Two rounds of metrics-server, and a slow machine. */
const topTimeoutMs = 180_000;

const test = siteTest('top').extend('metricsServer', { scope: 'file' }, async ({ controlPlane }, { onCleanup }) => {
  const directory = await mkdtemp(join(tmpdir(), 'metrics-server-'));
  const end = await startMetricsServer({ controlPlane, directory, signal: AbortSignal.timeout(buildTimeoutMs) });
  onCleanup(async () => {
    await end();
    await rm(directory, { recursive: true });
  });
  return directory;
});

interface Row {
  readonly milliCores: number;
  readonly mebibytes: number;
}

/** Reads a table of `kubectl top` without headers, the last column before the CPU naming the row. */
function toRows(printed: string, names: number): Map<string, Row> {
  const rows = printed
    .trim()
    .split('\n')
    .map((line) => line.split(/ +/));
  return new Map(
    rows.map((cells) => {
      const [cpu = '', , memory = ''] =
        cells.slice(names).length > 2 ? cells.slice(names) : [cells[names], '', cells[names + 1]];
      return [cells[names - 1] ?? '', { milliCores: Number.parseInt(cpu, 10), mebibytes: Number.parseInt(memory, 10) }];
    }),
  );
}

describe.skipIf(cannotRun)('kubectl top, by a real metrics-server', () => {
  test('shows what containers and the node use', { timeout: buildTimeoutMs }, async ({
    site,
    namespace,
    controlPlane,
    metricsServer,
  }) => {
    expect(metricsServer).toBeTruthy();
    await namespace.apply(pod(site.nodeName, 'works', { containers: [shell('burn', burn), shell('idle', untilTerm)] }));
    await namespace.waitForPhase('works', 'Running');
    const containers = await waitFor(
      'kubectl top pod to know both containers, one of them at work',
      async () => {
        const rows = toRows(await namespace.run('top', 'pod', 'works', '--containers', '--no-headers'), 2);
        const isThere = (rows.get('burn')?.mebibytes ?? 0) >= mebibytesHeld && (rows.get('burn')?.milliCores ?? 0) > 0;
        return isThere ? rows : undefined;
      },
      { timeoutMs: topTimeoutMs },
    );
    expect([...containers.keys()].sort()).toEqual(['burn', 'idle']);
    const [busy, idle] = [containers.get('burn'), containers.get('idle')];
    expect(busy?.milliCores).toBeGreaterThan(idle?.milliCores ?? Number.NaN);
    expect(busy?.milliCores).toBeLessThanOrEqual(1_100);
    expect(busy?.mebibytes).toBeLessThan(mebibytesHeld * 5);

    const node = await waitFor(
      'kubectl top node to know the node',
      async () => {
        const { stdout } = await kubectl({ controlPlane }, ['top', 'node', site.nodeName, '--no-headers']);
        return toRows(stdout, 1).get(site.nodeName);
      },
      { timeoutMs: topTimeoutMs },
    );
    expect(node.milliCores).toBeGreaterThan(0);
    expect(node.milliCores).toBeLessThanOrEqual(availableParallelism() * 1_100);
    expect(node.mebibytes).toBeGreaterThan(mebibytesHeld);
  });
});
