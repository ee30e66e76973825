import { describe, expect } from 'vitest';
import { waitFor } from '../../testbed/index.ts';
import { PATIENCE } from '../../testbed/patience.ts';
import { statusOf } from '../drivers/containers.ts';
import { pod, shell } from '../drivers/pods.ts';
import { numbered, waitForAll } from '../drivers/running-pods.ts';
import { cutOffPods, toldJobs, untilAllAreOver } from './drivers/killed-controller.ts';
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
    await state.keep();
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
    expect(await noted.runs()).toEqual([{ name: 'begun', job: job.id }]);
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
      const runs = new Map((await noted.runs()).map(({ name, job }) => [name, job]));
      expect((await noted.runs()).map(({ name }) => name)).toEqual([...runs.keys()]);
      expect([...runs.keys()]).toEqual(expect.arrayContaining(whole));
      const told = await toldJobs(namespace);
      expect(whole.map((name) => [name, runs.get(name)])).toEqual(whole.map((name) => [name, told.get(name)]));
      await namespace.run('delete', 'pods', '--all', '--timeout=55s');
      await slurm.waitUntilNothingIsLeft();
    },
  );

  test('killed under load, with jobs forgotten and their ids given out again: every pod is one job, and runs once', {
    timeout: 420_000 * PATIENCE,
  }, async ({ site, namespace, slurm, own, onTestFinished }) => {
    const noted = await NotedPods.create(own.data, 'controller-reuses');
    onTestFinished(() => noted.remove());
    const state = new SavedState(own);
    const uidsOfAll = async () => new Set((await namespace.pods()).map(({ metadata }) => metadata?.uid));
    const jobsOf = async (uids: ReadonlySet<string | undefined>) =>
      (await slurm.jobs()).filter(({ uid }) => uids.has(uid));
    // None of them begins before slurmctld is killed: none is cut off.
    await own.drainNodes();
    await namespace.apply(...noted.make(site.nodeName, names.slice(0, 20)));
    const first = await uidsOfAll();
    const areSaved = async () => {
      const jobs = await jobsOf(first);
      for (const { uid } of jobs) if (!(await state.has(uid))) return false;
      return jobs.length === first.size;
    };
    await waitFor('the first jobs to be saved', areSaved, patient);
    await state.keep();
    await namespace.apply(...noted.make(site.nodeName, names.slice(20)));
    const all = await uidsOfAll();
    const forgotten = await waitFor(
      'jobs to forget',
      async () => {
        const later = (await jobsOf(all)).filter(({ uid }) => !first.has(uid));
        return later.length >= 10 && later;
      },
      { ...patient, intervalMs: 50 },
    );
    await own.stopController('SIGKILL');
    await state.bringBack();
    await own.startController();
    for (const node of await own.drainedNodes()) await own.resumeNode(node);
    await waitForAll(namespace, names, 'Succeeded', patient);
    const runs = await noted.runs();
    expect(runs.map(({ name }) => name)).toEqual(names.toSorted());
    await waitFor('the jobs to end', async () => (await slurm.livingJobs()).length === 0, patient);
    const known = (await jobsOf(all)).map(({ name, id, state }) => `${name} ${id} ${state}`);
    expect(known.sort()).toEqual(runs.map(({ name, job }) => `${name} ${job} COMPLETED`));
    const told = await toldJobs(namespace);
    expect(runs.map(({ name }) => told.get(name))).toEqual(runs.map(({ job }) => job));
    const podOf = new Map(runs.map(({ name, job }) => [job, name]));
    const reused = forgotten.filter(({ id, name }) => podOf.has(id) && podOf.get(id) !== name);
    expect(reused.length).toBeGreaterThan(0);
    await namespace.run('delete', 'pods', '--all', '--timeout=55s');
    await slurm.waitUntilNothingIsLeft();
  });
});
