import { type CheckResult, type ConformanceReport, runConformance } from '@interlink/conformance';
import { expect, inject, test, vi } from 'vitest';
import { takeEngine } from '../testbed/docker/engine-turn.ts';
import { findPodLeftovers } from '../testbed/docker/pod-leftovers.ts';
import { ON_DEMAND_TIMEOUT_MS, offers, podman, slurmCluster, waitFor } from '../testbed/index.ts';
import { type SidecarUnderTest, startSidecarProcess } from './sidecar-process.ts';
import { startSlurmSidecar } from './slurm-sidecar.ts';

const testbed = inject('testbed');
const { docker } = testbed;

/** A whole suite on an engine that others keep busy, too. */
const timeout = 300_000;

/** Every check of both generations, with real restarts: `kill -9`, and started again. */
async function judge({ url, token, restart }: Omit<SidecarUnderTest, 'tokenFile'>): Promise<ConformanceReport> {
  const options = { url, token: url.startsWith('unix://') ? undefined : token, restart, parallel: 8 };
  // It may take a moment to listen.
  return await waitFor('the sidecar to answer', async () => await runConformance(options), { timeoutMs: 300_000 });
}

const linesOf = (results: ReadonlyArray<CheckResult>, outcome: string) =>
  results.flatMap((result) => (result.outcome === outcome ? [`${result.name}: ${result.reason ?? result.seen}`] : []));

/** Only the mock sidecar asks for one, to show it. */
const skippedWithoutKubeconfig = [
  'kubeconfig-is-replaced',
  'kubeconfig-refuses-expired',
  'kubeconfig-refuses-other-bodies',
  'kubeconfig-ends-twice',
];

test('the mock sidecar passes the suite', { timeout }, async () => {
  await using sidecar = await startSidecarProcess('mock-sidecar');
  const { results } = await judge(sidecar);
  expect(linesOf(results, 'failed')).toEqual([]);
  expect(linesOf(results, 'skipped')).toEqual(['restart-keeps-pods: the capabilities say durable: false']);
});

test('the process sidecar passes the suite, and its pods outlive it', { timeout }, async () => {
  await using sidecar = await startSidecarProcess('process-sidecar', { isUnix: true });
  const { results } = await judge(sidecar);
  expect(linesOf(results, 'failed')).toEqual([]);
  expect(linesOf(results, 'skipped').map((line) => line.split(':')[0])).toEqual([
    'auth-refuses-no-token',
    'auth-refuses-wrong-token',
    ...skippedWithoutKubeconfig,
    'restart-forgets-pods',
    'v1-auth-refuses-no-token',
  ]);
});

test.skipIf(docker === undefined)(
  'the docker sidecar passes the suite, and its pods outlive it',
  { timeout: ON_DEMAND_TIMEOUT_MS },
  async () => {
    await using _turn = await takeEngine(docker?.socket ?? '');
    await using sidecar = await startSidecarProcess('docker-sidecar', { env: { DOCKER_HOST: docker?.host ?? '' } });
    const { results } = await judge(sidecar);
    expect(linesOf(results, 'failed')).toEqual([]);
    expect(linesOf(results, 'skipped').map((line) => line.split(':')[0])).toEqual([
      ...skippedWithoutKubeconfig,
      'restart-forgets-pods',
    ]);
  },
);

test.skipIf(!offers(testbed, 'podman'))(
  'the docker sidecar passes the suite on Podman, its pods outlive it, and it leaves nothing there',
  { timeout: ON_DEMAND_TIMEOUT_MS },
  async () => {
    const { host, socket } = await podman(testbed);
    await using _turn = await takeEngine(socket);
    await using sidecar = await startSidecarProcess('docker-sidecar', { env: { DOCKER_HOST: host } });
    const { results } = await judge(sidecar);
    expect(linesOf(results, 'failed')).toEqual([]);
    expect(linesOf(results, 'skipped').map((line) => line.split(':')[0])).toEqual([
      ...skippedWithoutKubeconfig,
      'restart-forgets-pods',
    ]);
    await vi.waitFor(async () => expect(await findPodLeftovers(socket)).toEqual([]), {
      timeout: 60_000,
      interval: 200,
    });
  },
);

/** A job's specification does not change while it runs: the sidecar has no verb `update`. */
const skippedOnSlurm = [
  'update-acts-on-generation',
  'update-runs-ephemeral-container',
  'update-ignores-older',
  'update-refuses-unknown',
  'update-refuses-bad-body',
  ...skippedWithoutKubeconfig,
  'restart-forgets-pods',
];

test.skipIf(!offers(testbed, 'slurmCluster'))(
  'the slurm sidecar passes the suite with Apptainer, and its pods outlive it',
  { timeout: ON_DEMAND_TIMEOUT_MS },
  async () => {
    await using sidecar = await startSlurmSidecar(await slurmCluster(testbed));
    const { results } = await judge(sidecar);
    expect(linesOf(results, 'failed')).toEqual([]);
    expect(linesOf(results, 'skipped').map((line) => line.split(':')[0])).toEqual(skippedOnSlurm);
  },
);

test.skipIf(!offers(testbed, 'slurmCluster'))(
  'the slurm sidecar passes the suite where nodes do not see its folders',
  { timeout: ON_DEMAND_TIMEOUT_MS },
  async () => {
    const cluster = await slurmCluster(testbed);
    // On the login host's own disk; whether it is shared, jobs find out.
    const DataRootFolder = '/var/tmp/interlink-conformance';
    await using sidecar = await startSlurmSidecar(cluster, { DataRootFolder });
    const { results } = await judge(sidecar);
    expect(linesOf(results, 'failed')).toEqual([]);
    expect(linesOf(results, 'skipped').map((line) => line.split(':')[0])).toEqual(skippedOnSlurm);
  },
);
