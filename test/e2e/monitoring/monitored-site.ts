import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Node } from '@interlink/kube';
import { monitoringFolder, readScrapeConfiguration } from '../../../scripts/monitoring/monitoring-files.ts';
import { type ControlPlaneData, kubectl, runCommandOrThrow } from '../../testbed/index.ts';
import { Prometheus } from '../../testbed/prometheus/prometheus.ts';
import { Site } from '../../testbed/site/site.ts';
import { commandsBelow } from '../drivers/document-commands.ts';

const root = join(import.meta.dirname, '../../..');
const nodeName = 'e2e-monitoring';

export interface MonitoredSite {
  readonly site: Site;
  readonly prometheus: Prometheus;
  end(): Promise<void>;
}

/** A site with the mock sidecar, and a Prometheus that is set up as docs/runbook.md says, but for how often it looks: each second. */
export async function startMonitoredSite(controlPlane: ControlPlaneData, signal: AbortSignal): Promise<MonitoredSite> {
  await using cleanUp = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), `${nodeName}-`));
  cleanUp.defer(() => rm(directory, { recursive: true, force: true }));
  const { kubeconfig } = controlPlane;
  const site = await Site.start({ directory: join(directory, 'site'), kubeconfig, nodeName, sidecar: 'mock' });
  const remove = async (...names: string[]) => {
    await kubectl({ controlPlane }, ['delete', '--ignore-not-found', '--wait=false', ...names]);
  };
  cleanUp.defer(() => remove('node', nodeName));
  cleanUp.defer(() => site.stop());

  cleanUp.defer(() => remove('clusterrole/interlink-metrics-reader', 'clusterrolebinding/interlink-metrics-reader'));
  cleanUp.defer(() => remove('namespace', 'monitoring'));
  await grantMetrics(controlPlane, directory);
  const { stdout } = await kubectl({ controlPlane }, ['get', 'node', nodeName, '-o', 'json']);
  const port = (JSON.parse(stdout) as Node).status?.daemonEndpoints?.kubeletEndpoint?.Port;
  const places = new Map([
    ['alerts.yaml', join(monitoringFolder, 'alerts.yaml')],
    ['/etc/prometheus/cluster-token', join(directory, 'cluster-token')],
    ['/etc/prometheus/interlink-token', site.tokenFile],
    ['127.0.0.1:10250', `127.0.0.1:${port}`],
    ['127.0.0.1:3000', new URL(site.interlinkUrl).host],
    ['127.0.0.1:4000', new URL(site.sidecarUrl).host],
    ['my-node', nodeName],
    ['30s', '1s'],
  ]);
  const text = JSON.stringify(readScrapeConfiguration(), (_key, value: unknown) =>
    // An array of one string is the same to `String()`.
    typeof value === 'string' ? (places.get(value) ?? value) : value,
  );
  const prometheus = await Prometheus.start({
    directory: join(directory, 'prometheus'),
    configuration: JSON.parse(text) as object,
    signal,
  });
  cleanUp.defer(() => prometheus.stop());
  const moved = cleanUp.move();
  return { site, prometheus, end: () => moved.disposeAsync() };
}

/** By the document's own commands; the token's file comes into `directory`. */
async function grantMetrics({ kubectl: program, kubeconfig }: ControlPlaneData, directory: string): Promise<void> {
  const commands = await commandsBelow('docs/runbook.md', '## Setting it up');
  const inFolder = commands
    .replaceAll('> cluster-token', `> ${directory}/cluster-token`)
    .replaceAll(/^kubectl/gm, program);
  const env = { ...process.env, KUBECONFIG: kubeconfig };
  await runCommandOrThrow('bash', ['-euc', inFolder], { cwd: root, env, timeoutMs: 60_000 });
}
