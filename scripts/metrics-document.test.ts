import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { SidecarMetrics } from '../packages/interlink/src/metrics/sidecar-metrics.ts';
import { HttpMetrics } from '../packages/service-kit/src/server/metrics.ts';
import { createCommandMetrics } from '../packages/sidecar-slurm/src/slurm/commands/command-metrics.ts';
import { cadvisorMetrics } from '../packages/virtual-kubelet/src/metrics/cadvisor-metrics.ts';
import { KubeletMetrics } from '../packages/virtual-kubelet/src/metrics/kubelet-metrics.ts';
import { probeMetrics } from '../packages/virtual-kubelet/src/metrics/probe-metrics.ts';
import { resourceMetrics } from '../packages/virtual-kubelet/src/metrics/resource-metrics.ts';
import { sliMetrics } from '../packages/virtual-kubelet/src/metrics/sli-metrics.ts';

const ownNames = async (registry: Registry) =>
  namesOf(await registry.getMetricsAsJSON()).filter((name) => !/^(nodejs|process)_/.test(name));

const document = readFileSync(join(import.meta.dirname, '../docs/metrics.md'), 'utf8');

/** The families that a section's table names. */
function documented(section: string): string[] {
  const [, text = ''] = document.split(`\n### ${section}\n`);
  return Array.from((text.split('\n##')[0] ?? '').matchAll(/^\| `([a-z_]+)` \|/gm), ([, name = '']) => name);
}

const namesOf = (families: ReadonlyArray<{ name: string }>) => families.map(({ name }) => name);

test.each([
  ['/metrics/resource', namesOf(resourceMetrics(undefined, false))],
  ['/metrics/cadvisor', namesOf(cadvisorMetrics(undefined, { capacity: {}, hasFailed: false }))],
  ['/metrics/probes', namesOf(probeMetrics())],
  ['/metrics/slis', namesOf(sliMetrics({}))],
])('docs/metrics.md lists the families of %s', (section, names) => {
  expect(documented(section)).toEqual(names);
});

test('docs/metrics.md lists the families of /metrics', async () => {
  expect(documented('/metrics').sort()).toEqual((await ownNames(new KubeletMetrics('n').registry)).sort());
});

test('docs/metrics.md lists the families of InterLink and sidecars', async () => {
  const [common, interlink] = [new Registry(), new Registry()];
  new HttpMetrics(common, { streams: new Set(), routeOf: () => '' });
  new SidecarMetrics(interlink);
  expect(documented('InterLink and sidecars').sort()).toEqual((await ownNames(common)).sort());
  expect(documented('InterLink').sort()).toEqual((await ownNames(interlink)).sort());
});

test('docs/metrics.md lists the families of the Slurm sidecar', async () => {
  const registry = new Registry();
  createCommandMetrics(registry);
  expect(documented('Slurm sidecar').sort()).toEqual((await ownNames(registry)).sort());
});
