import type { Pod } from '@interlink/kube';
import { test as base, describe, expect, inject } from 'vitest';
import { readQueries } from '../../../scripts/monitoring/monitoring-files.ts';
import { readsOf } from '../../../scripts/monitoring/selectors.ts';
import { waitFor } from '../../testbed/index.ts';
import { Namespace } from '../drivers/namespace.ts';
import { pod } from '../drivers/pods.ts';
import { lacks } from '../drivers/testbed-parts.ts';
import { startMonitoredSite } from './monitored-site.ts';

const testbed = inject('testbed');
const cannotRun = testbed.controlPlane === undefined || lacks(testbed, 'monitoring');

const startTimeoutMs = 120_000;
const runs: Pod['spec'] = { containers: [{ name: 'main', image: 'played' }] };

/** Whatever variables of the dashboard stand for, as Grafana has it when nothing is chosen. */
const variables: ReadonlyArray<readonly [string, string]> = [
  ['$__rate_interval', '30s'],
  ['$node', '.*'],
  ['$instance', '.*'],
];

const queries = readQueries().map(({ where, expr }) => ({
  where,
  expr: variables.reduce((text, [name, value]) => text.replaceAll(name, value), expr),
}));

/** What a healthy system without Slurm and without v1 plugins has no series of: nothing has been put off. */
const silent =
  /^(interlink_slurm_commands_total|interlink_slurm_command_duration_seconds_bucket|interlink_sidecar_cache_age_seconds|interlink_sidecar_retries_total)$/;
const series = [...new Set(queries.flatMap(({ expr }) => readsOf(expr).selectors.map(({ metric }) => metric)))].sort();

const test = base
  .extend('controlPlane', { scope: 'file' }, () => {
    if (testbed.controlPlane === undefined) throw new Error('Cannot run: this testbed has no control plane');
    return testbed.controlPlane;
  })
  .extend('monitored', { scope: 'file' }, async ({ controlPlane }, { onCleanup }) => {
    const monitored = await startMonitoredSite(controlPlane, AbortSignal.timeout(startTimeoutMs));
    const namespace = await Namespace.create('e2e-monitoring', controlPlane);
    onCleanup(async () => {
      await namespace.delete();
      await monitored.end();
    });
    await namespace.apply(pod(monitored.site.nodeName, 'runs', runs));
    await namespace.waitForPhase('runs', 'Running');
    return monitored;
  })
  .extend('prometheus', ({ monitored }) => monitored.prometheus);

describe.skipIf(cannotRun)('a real Prometheus, set up as docs/runbook.md says', () => {
  test('reads every target', async ({ prometheus }) => {
    const targets = await waitFor('all targets to be read', async () => {
      const found = await prometheus.targets();
      const down = found.filter(({ health }) => health !== 'up');
      if (found.length > 0 && down.length === 0) return found;
      throw new Error(down.map(({ scrapeUrl, lastError }) => `${scrapeUrl}: ${lastError}`).join('; '));
    });
    expect(targets.map(({ labels }) => labels.job).sort()).toEqual([
      'interlink',
      'interlink-sidecar',
      'interlink-vk',
      'interlink-vk-resource',
      'interlink-vk-slis',
    ]);
  });

  test.for(queries)('evaluates what $where asks', async ({ expr }, { prometheus }) => {
    expect(await prometheus.query(expr)).toBeInstanceOf(Array);
  });

  test.for(series.filter((name) => !silent.test(name)))('has series of %s', async (name, { prometheus }) => {
    await waitFor(`series of ${name}`, async () => (await prometheus.query(name)).length > 0);
  });

  test('has an answer to every panel but those of trouble, Slurm and v1 plugins', async ({ prometheus }) => {
    const empty = await waitFor('panels to have data', async () => {
      const answers = await Promise.all(
        queries
          .filter(({ where }) => !where.startsWith('InterLink'))
          .map(async ({ where, expr }) => ({ where, count: (await prometheus.query(expr)).length })),
      );
      const without = answers.filter(({ count }) => count === 0).map(({ where }) => where);
      if (without.every((where) => /Refusals and errors|Slurm|v1 plugins|sidecars, per second B/.test(where)))
        return without;
      throw new Error(without.join(', '));
    });
    expect(empty.length).toBeGreaterThan(0);
  });

  test('has no trouble with any rule, and no alert is near while all is well', async ({ prometheus }) => {
    await waitFor('every rule to be evaluated', async () => {
      const bad = (await prometheus.rules()).filter(({ health }) => health !== 'ok');
      if (bad.length === 0) return true;
      throw new Error(bad.map(({ name, lastError }) => `${name}: ${lastError}`).join('; '));
    });
    await waitFor('no alert', async () => {
      const near = await prometheus.alerts();
      if (near.length === 0) return true;
      throw new Error(near.map(({ annotations }) => annotations.summary).join('; '));
    });
  });

  test('sees all alerts of a sidecar that was killed, with whom they are about', async ({ monitored, prometheus }) => {
    await monitored.site.sidecar.kill();
    const wanted = [
      `The backend of node ${monitored.site.nodeName} is out of reach`,
      'InterLink does not reach sidecar sidecar',
      `The sidecar at ${new URL(monitored.site.sidecarUrl).host} does not answer`,
    ];
    await waitFor(
      'alerts to be pending',
      async () => {
        const told = (await prometheus.alerts()).map(({ annotations }) => annotations.summary);
        if (wanted.every((summary) => told.includes(summary))) return true;
        throw new Error(told.join('; '));
      },
      { timeoutMs: 60_000 },
    );
    await monitored.site.sidecar.start('listening');
    await waitFor(
      'the alerts to be over',
      async () => {
        const told = (await prometheus.alerts()).map(({ annotations }) => annotations.summary);
        if (!wanted.some((summary) => told.includes(summary))) return true;
        throw new Error(told.join('; '));
      },
      { timeoutMs: 60_000 },
    );
  });
});
