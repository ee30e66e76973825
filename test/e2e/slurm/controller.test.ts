import type { Pod } from '@interlink/kube';
import { describe, expect } from 'vitest';
import { type SlurmCluster, waitFor } from '../../testbed/index.ts';
import { PATIENCE } from '../../testbed/patience.ts';
import { statusOf } from '../drivers/containers.ts';
import type { Namespace } from '../drivers/namespace.ts';
import { pod, shell } from '../drivers/pods.ts';
import { numbered, waitForAll } from '../drivers/running-pods.ts';
import { NotedPods } from './drivers/noted-pods.ts';
import { ownSlurmTest } from './drivers/own-slurm-test.ts';
import { SavedState } from './drivers/saved-state.ts';
import { cannotRun } from './drivers/slurm-test.ts';

const test = ownSlurmTest('controller', { config: { ContainerRuntime: 'none' } });
const names = numbered('pod', 100);
const patient = { timeoutMs: 240_000, intervalMs: 1_000 };

describe.skipIf(cannotRun)('the controller of Slurm', () => {
  test('declares a node down: its pods fail, and say why', { timeout: 240_000 * PATIENCE }, async ({
    site,
    namespace,
    own,
  }) => {
    const manifest = pod(site.nodeName, 'cut-off', { containers: [shell('main', 'sleep 600')] });
    const annotations = { 'slurm-job.vk.io/flags': '--constraint=feat1' };
    await namespace.apply({ ...manifest, metadata: { ...manifest.metadata, annotations } });
    await namespace.waitForPhase('cut-off', 'Running', patient);
    await own.killNode('c1');
    const failed = await namespace.waitForPhase('cut-off', 'Failed', patient);
    expect(failed.status).toMatchObject({ reason: 'NodeFailed' });
    expect(statusOf(failed, 'main')?.state?.terminated).toMatchObject({ exitCode: 137, reason: 'NodeFailed' });
    await own.startNode('c1');
  });

  test('forgets that it has begun a job, and begins it again: the pod runs once', {
    timeout: 240_000 * PATIENCE,
  }, async ({ site, namespace, slurm, own, onTestFinished }) => {
    const noted = await NotedPods.create(own.data, 'controller-forgets');
    onTestFinished(() => noted.remove());
    const state = new SavedState(own);
    await own.drainNodes();
    await namespace.apply(...noted.make(site.nodeName, ['begun']));
    const manifest = await namespace.pod('begun');
    const job = await slurm.jobOf(manifest);
    await waitFor('the job to be saved', () => state.has(job.uid));
    await waitFor('its state to be kept', async () => {
      await state.keep();
      return true;
    });
    for (const node of await own.drainedNodes()) await own.resumeNode(node);
    const before = await namespace.waitForPhase('begun', 'Succeeded', patient);
    await own.stopController('SIGKILL');
    await state.bringBack();
    await own.startController();
    for (const node of await own.drainedNodes()) await own.resumeNode(node);
    const output = async () => await slurm.file(manifest, 'slurm.out');
    const said = `Slurm has begun job ${job.id} a second time`;
    await waitFor('Slurm to begin it again', async () => (await output()).includes(said), patient);
    await waitFor('the job to end', async () => (await slurm.livingJobs()).length === 0, patient);
    expect(await noted.runs()).toEqual(['begun']);
    expect((await namespace.pod('begun')).status).toEqual(before.status);
    await namespace.run('delete', 'pods', '--all', '--timeout=55s');
    await slurm.waitUntilNothingIsLeft();
  });

  test.for([
    { how: 'SIGTERM', what: 'stopped in order', promise: 'every pod is one job, and runs once' },
    { how: 'SIGKILL', what: 'killed', promise: 'every pod runs, once; one that Slurm cut off says so' },
  ] as const)(
    '$what in the middle of 100 submissions: $promise',
    { timeout: 420_000 * PATIENCE },
    async ({ how }, { site, namespace, slurm, own, onTestFinished }) => {
      const noted = await NotedPods.create(own.data, `controller-${how}`);
      onTestFinished(() => noted.remove());
      await namespace.apply(...noted.make(site.nodeName, names));
      const logged = site.sidecar.log().length;
      const uids = new Set((await namespace.pods()).map(({ metadata }) => metadata?.uid));
      const jobs = async () => (await slurm.jobs()).filter(({ uid }) => uids.has(uid));
      await waitFor('some jobs', async () => (await jobs()).length >= 15, { timeoutMs: 120_000, intervalMs: 50 });
      await own.stopController(how);
      // Slurm's commands take their time to notice: the sidecar is in the middle of one.
      await waitFor(
        'the sidecar to notice',
        () => /cannot (ask squeue|submit a job)/.test(site.sidecar.log().slice(logged)),
        patient,
      );
      await own.startController();
      const backMs = Date.now();
      await untilAllAreOver(namespace, own);
      const cutOff = how === 'SIGKILL' ? await cutOffPods(namespace, backMs) : [];
      const whole = names.filter((name) => !cutOff.includes(name));
      await waitForAll(namespace, whole, 'Succeeded', patient);
      // What it was asked to end it has saved: a job that was made is neither lost nor made again.
      if (how === 'SIGTERM') expect((await jobs()).map(({ name }) => name).sort()).toEqual(names.toSorted());
      const runs = await noted.runs();
      expect(runs).toEqual([...new Set(runs)]);
      expect(runs).toEqual(expect.arrayContaining(whole));
      await namespace.run('delete', 'pods', '--all', '--timeout=55s');
      await slurm.waitUntilNothingIsLeft();
    },
  );
});

/** A slurmctld that was killed ends jobs that ran before and that it has forgotten. @returns the names of their pods; any other end is none of that */
async function cutOffPods(namespace: Namespace, backMs: number): Promise<string[]> {
  const isCutOff = (pod: Pod) => {
    const { reason, startedAt } = statusOf(pod, 'main')?.state?.terminated ?? {};
    return reason === 'ContainerStatusUnknown' && Date.parse(String(startedAt)) < backMs;
  };
  return (await namespace.pods()).filter(isCutOff).map(({ metadata }) => metadata?.name ?? '');
}

/** Slurm drains a node that has a forgotten job with the id of a new one; the operator sees that after a while. */
async function untilAllAreOver(namespace: Namespace, own: SlurmCluster): Promise<void> {
  let known: string[] = [];
  const areOver = async () => {
    const drained = await own.drainedNodes();
    for (const node of drained) if (known.includes(node)) await own.resumeNode(node);
    known = drained.filter((node) => !known.includes(node));
    return (await namespace.pods()).every(({ status }) => ['Succeeded', 'Failed'].includes(status?.phase ?? ''));
  };
  await waitFor('the pods to end', areOver, { ...patient, intervalMs: 5_000 });
}
