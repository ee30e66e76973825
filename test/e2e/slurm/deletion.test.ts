import type { Pod } from '@interlink/kube';
import { describe, expect } from 'vitest';
import { waitFor } from '../../testbed/index.ts';
import type { ClusterView } from '../../testbed/site/cluster-view.ts';
import { startKubectl } from '../drivers/kubectl-stream.ts';
import { pod, shell, untilTerm } from '../drivers/pods.ts';
import { cannotRun, slurmTest } from './drivers/slurm-test.ts';

const test = slurmTest('deletion');
const patient = { timeoutMs: 120_000 };
const deaf = shell('main', 'trap "" TERM; while true; do sleep 0.2; done');

async function waitUntilNothingIsLeft(slurm: ClusterView, pods: ReadonlyArray<Pod>): Promise<void> {
  const uids = pods.map(({ metadata }) => metadata?.uid ?? '');
  await waitFor('neither jobs nor folders to be left of the pods', async () => {
    const [jobs, folders] = await Promise.all([slurm.livingJobs(), slurm.folders()]);
    return uids.every((uid) => !jobs.some((job) => job.uid === uid) && !folders.some((name) => name.endsWith(uid)));
  });
}

describe.skipIf(cannotRun)('deleting a pod on Slurm', { concurrent: true }, () => {
  test('sends TERM, waits for the container, and leaves nothing', async ({ site, namespace, slurm, controlPlane }) => {
    const script = 'trap "echo got TERM; sleep 2; echo done; exit 0" TERM; echo up; while true; do sleep 0.1; done';
    const containers = [shell('main', script)];
    await namespace.apply(pod(site.nodeName, 'graceful', { containers, terminationGracePeriodSeconds: 40 }));
    const running = await namespace.waitForPhase('graceful', 'Running', patient);
    const log = startKubectl(controlPlane, namespace, 'logs', '-f', 'graceful');
    await log.waitFor('up\n');
    await namespace.run('delete', 'pod', 'graceful', '--wait=false');
    await namespace.waitUntilGone('graceful');
    expect((await log.end()).stdout).toBe('up\ngot TERM\ndone\n');
    await waitUntilNothingIsLeft(slurm, [running]);
  });

  test('kills what does not listen when its grace period is over, long before Slurm would', async ({
    site,
    namespace,
    slurm,
  }) => {
    await namespace.apply(pod(site.nodeName, 'deaf', { containers: [deaf], terminationGracePeriodSeconds: 3 }));
    const running = await namespace.waitForPhase('deaf', 'Running', patient);
    await namespace.run('delete', 'pod', 'deaf', '--wait=false');
    // KillWait of the testbed is 30 s.
    await namespace.waitUntilGone('deaf', { timeoutMs: 25_000, isBound: true });
    await waitUntilNothingIsLeft(slurm, [running]);
  });

  test('by --force --grace-period=0 takes the object at once and the job soon after', async ({
    site,
    namespace,
    slurm,
  }) => {
    await namespace.apply(pod(site.nodeName, 'forced', { containers: [deaf], terminationGracePeriodSeconds: 300 }));
    const running = await namespace.waitForPhase('forced', 'Running', patient);
    await namespace.run('delete', 'pod', 'forced', '--force', '--grace-period=0', '--wait=false');
    await namespace.waitUntilGone('forced', { timeoutMs: 5_000, isBound: true });
    await waitUntilNothingIsLeft(slurm, [running]);
  });

  test('that waits in the queue takes the job out of it', async ({ site, namespace, slurm }) => {
    const flags = { 'slurm-job.vk.io/flags': '--gres=gpu:a100:2 --constraint=feat1 --time=10' };
    const gpus = (name: string): Pod => {
      const manifest = pod(site.nodeName, name, { containers: [shell('main', untilTerm)] });
      return { ...manifest, metadata: { ...manifest.metadata, annotations: flags } };
    };
    await namespace.apply(gpus('owner'));
    await namespace.waitForPhase('owner', 'Running', patient);
    await namespace.apply(gpus('queued'));
    await namespace.waitForWaiting('queued', 'main', /^SlurmPending$/);
    const pods = await namespace.pods();
    await namespace.run('delete', 'pod', 'queued', 'owner', '--timeout=30s');
    await waitUntilNothingIsLeft(slurm, pods);
  });

  test('that has ended, that fails, and that never began, works as well', async ({ site, namespace, slurm }) => {
    const imageless = { ...shell('main', 'true'), image: 'no-such-image:1' };
    const huge = shell('main', 'true', { resources: { limits: { cpu: '17' } } });
    await namespace.apply(
      pod(site.nodeName, 'ended', { containers: [shell('main', 'true')] }),
      pod(site.nodeName, 'unbegun', { containers: [imageless] }),
      pod(site.nodeName, 'huge', { containers: [huge] }),
    );
    await namespace.waitForPhase('ended', 'Succeeded', patient);
    await namespace.waitForWaiting('unbegun', 'main', /^(ErrImagePull|ImagePullBackOff)$/, patient);
    await namespace.waitForWaiting('huge', 'main', /^SlurmUnsatisfiable$/, patient);
    const pods = await namespace.pods();
    await namespace.run('delete', 'pod', 'ended', 'unbegun', 'huge', '--timeout=30s');
    await waitUntilNothingIsLeft(slurm, pods);
  });

  test('makes room for another of the same name', async ({ site, namespace, slurm }) => {
    const manifest = pod(site.nodeName, 'again', { containers: [shell('main', untilTerm)] });
    await namespace.apply(manifest);
    const first = await namespace.waitForPhase('again', 'Running', patient);
    await namespace.run('delete', 'pod', 'again');
    await namespace.apply(manifest);
    const second = await namespace.waitForPhase('again', 'Running', patient);
    expect(second.metadata?.uid).not.toBe(first.metadata?.uid);
    expect((await slurm.jobOf(second)).state).toBe('RUNNING');
  });
});
