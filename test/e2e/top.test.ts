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

/**
 * Reads a table of `kubectl top` without headers, by what names the row: of pods `POD NAME CPU MEMORY`, of nodes
 * `NAME CPU CPU% MEMORY MEMORY%`.
 */
function toRows(printed: string, columns: { name: number; cpu: number; memory: number }): Map<string, Row> {
  const rows = printed.split('\n').map((line) => line.trim().split(/ +/));
  const toRow = (cells: string[]): Row => ({
    milliCores: Number.parseInt(cells[columns.cpu] ?? '', 10),
    mebibytes: Number.parseInt(cells[columns.memory] ?? '', 10),
  });
  return new Map(rows.filter((cells) => cells.length > 1).map((cells) => [cells[columns.name] ?? '', toRow(cells)]));
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
        const rows = toRows(await namespace.run('top', 'pod', 'works', '--containers', '--no-headers'), {
          name: 1,
          cpu: 2,
          memory: 3,
        });
        const isThere = (rows.get('burn')?.mebibytes ?? 0) >= mebibytesHeld && (rows.get('burn')?.milliCores ?? 0) > 0;
        if (isThere) return rows;
        throw new Error(JSON.stringify([...rows]));
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
        return toRows(stdout, { name: 0, cpu: 1, memory: 3 }).get(site.nodeName);
      },
      { timeoutMs: topTimeoutMs },
    );
    expect(node.milliCores).toBeGreaterThan(0);
    expect(node.milliCores).toBeLessThanOrEqual(availableParallelism() * 1_100);
    expect(node.mebibytes).toBeGreaterThan(mebibytesHeld);
  });
});
