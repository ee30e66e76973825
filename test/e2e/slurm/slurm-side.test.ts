import type { Pod } from '@interlink/kube';
import { describe, expect } from 'vitest';
import { waitFor } from '../../testbed/index.ts';
import { PATIENCE } from '../../testbed/patience.ts';
import { statusOf } from '../drivers/containers.ts';
import { pod, shell, untilTerm } from '../drivers/pods.ts';
import { cannotRun, slurmTest } from './drivers/slurm-test.ts';

const test = slurmTest('slurm-side', {
  config: { Slurm: { AllowedFlags: ['partition', 'time', 'gres', 'constraint', 'requeue', 'nodes'] } },
});
const patient = { timeoutMs: 120_000 };

/** With options of sbatch. */
function flagged(manifest: Pod, flags: string): Pod {
  return { ...manifest, metadata: { ...manifest.metadata, annotations: { 'slurm-job.vk.io/flags': flags } } };
}

const containers = [shell('main', untilTerm)];
/** All GPUs of one node: the next that wants them waits, or takes them. */
const bothGpus = '--gres=gpu:a100:2';

describe.skipIf(cannotRun)('what Slurm says is on the pod', { concurrent: true }, () => {
  test('that waits for resources: why, and since when it runs', async ({ site, namespace, slurm }) => {
    const flags = `${bothGpus} --constraint=feat1 --time=10`;
    await namespace.apply(flagged(pod(site.nodeName, 'first', { containers }), flags));
    await namespace.waitForPhase('first', 'Running', patient);
    await namespace.apply(flagged(pod(site.nodeName, 'second', { containers }), flags));
    const why = /^The job is PENDING: (Resources|Priority)/;
    const waiting = await namespace.waitForPod(
      'second',
      'waiting for resources',
      (found) => why.test(statusOf(found, 'main')?.state?.waiting?.message ?? ''),
      patient,
    );
    expect(waiting.status?.phase).toBe('Pending');
    expect(await namespace.run('get', 'pod', 'second')).toMatch(/second +0\/1 +SlurmPending +0 /);
    await namespace.waitForEvent(
      'second',
      'JobQueued',
      /^Job \d+ waits in the queue \((Resources|Priority)\)(, start expected at \S+Z)?$/,
    );
    await namespace.waitForPod(
      'second',
      'told when it may begin',
      (found) => /start expected at 20/.test(statusOf(found, 'main')?.state?.waiting?.message ?? ''),
      patient,
    );
    // Cancelled before it began.
    await namespace.apply(flagged(pod(site.nodeName, 'third', { containers }), flags));
    await slurm.run('alice', 'scancel', (await slurm.jobOf(await namespace.pod('third'))).id);
    expect((await namespace.waitForPhase('third', 'Failed', patient)).status?.reason).toBe('Cancelled');

    await namespace.run('delete', 'pod', 'first');
    const second = await namespace.waitForPhase('second', 'Running', patient);
    expect(await slurm.jobOf(second)).toMatchObject({ state: 'RUNNING', restarts: 0 });
  });

  test('that somebody holds in the queue: it waits, and says so, until it is released', async ({
    site,
    namespace,
    slurm,
  }) => {
    const flags = `${bothGpus} --constraint=feat2 --time=10`;
    await namespace.apply(flagged(pod(site.nodeName, 'first', { containers }), flags));
    await namespace.waitForPhase('first', 'Running', patient);
    await namespace.apply(flagged(pod(site.nodeName, 'second', { containers }), flags));
    const { id } = await slurm.jobOf(await namespace.pod('second'));
    await slurm.run('alice', 'scontrol', 'hold', id);
    await namespace.waitForEvent('second', 'JobCannotStart', new RegExp(`^Job ${id} waits \\(JobHeldUser\\): `));
    await namespace.waitForPod(
      'second',
      'held',
      (found) => /^The job is PENDING: JobHeldUser/.test(statusOf(found, 'main')?.state?.waiting?.message ?? ''),
      patient,
    );
    // Nothing is in its way now but that.
    await namespace.run('delete', 'pod', 'first');
    const held = await namespace.pod('second');
    expect(held.status?.phase).toBe('Pending');
    expect(await slurm.jobOf(held)).toMatchObject({ state: 'PENDING', reason: 'JobHeldUser' });
    await slurm.run('alice', 'scontrol', 'release', id);
    expect(await slurm.jobOf(await namespace.waitForPhase('second', 'Running', patient))).toMatchObject({ id });
  });

  test('that it ends at the time limit, since the container does not when it is asked to', {
    timeout: 300_000 * PATIENCE,
  }, async ({ site, namespace, slurm }) => {
    const deaf = shell('main', 'trap "" TERM; echo up; while true; do sleep 0.2; done');
    // So that Slurm has lost its patience long before the pod's own script would.
    await namespace.apply(
      pod(site.nodeName, 'deaf-to-limits', { containers: [deaf], terminationGracePeriodSeconds: 900 }),
    );
    const running = await namespace.waitForPhase('deaf-to-limits', 'Running', patient);
    await waitFor('it to be up', async () => (await namespace.run('logs', 'deaf-to-limits')) === 'up\n');
    const { id } = await slurm.jobOf(running);
    await slurm.run('alice', 'scontrol', 'update', `JobId=${id}`, 'TimeLimit=1');
    const failed = await namespace.waitForPhase('deaf-to-limits', 'Failed', { timeoutMs: 240_000 });
    expect(await slurm.jobOf(failed)).toMatchObject({ id, state: 'TIMEOUT' });
    const message = expect.stringMatching(/^Slurm ended the job at its time limit/);
    expect(failed.status).toMatchObject({ reason: 'DeadlineExceeded', message });
    expect(statusOf(failed, 'main')?.state?.terminated).toMatchObject({ exitCode: 143, reason: 'DeadlineExceeded' });
    expect(statusOf(failed, 'main')?.restartCount).toBe(0);
  });

  test('that is suspended and resumed', async ({ site, namespace, slurm }) => {
    await namespace.apply(pod(site.nodeName, 'held', { containers }));
    const running = await namespace.waitForPhase('held', 'Running', patient);
    const { id } = await slurm.jobOf(running);
    await slurm.run('root', 'scontrol', 'suspend', id);
    await namespace.waitForEvent('held', 'JobSuspended', new RegExp(`^Slurm has suspended job ${id}: `));
    expect((await namespace.pod('held')).status?.phase).toBe('Running');
    await slurm.run('root', 'scontrol', 'resume', id);
    await namespace.waitForEvent('held', 'JobResumed', new RegExp(`^Slurm has resumed job ${id}$`));
  });

  test('that is cancelled in Slurm fails, also when its containers end in order', async ({
    site,
    namespace,
    slurm,
  }) => {
    const orderly = shell('main', 'trap "exit 0" TERM; echo up; while true; do sleep 0.2; done');
    const deaf = shell('main', 'trap "" TERM; echo up; while true; do sleep 0.2; done');
    await namespace.apply(
      pod(site.nodeName, 'orderly', { restartPolicy: 'Always', containers: [orderly] }),
      pod(site.nodeName, 'deaf', { containers: [deaf] }),
    );
    for (const name of ['orderly', 'deaf']) {
      const running = await namespace.waitForPhase(name, 'Running', patient);
      await waitFor(`${name} to be up`, async () => (await namespace.run('logs', name)) === 'up\n');
      await slurm.run('alice', 'scancel', (await slurm.jobOf(running)).id);
    }
    for (const [name, exitCode] of [
      ['orderly', 0],
      ['deaf', 137],
    ] as const) {
      const failed = await namespace.waitForPhase(name, 'Failed', patient);
      expect(failed.status).toMatchObject({ reason: 'Cancelled', message: 'The job was cancelled in Slurm' });
      expect(statusOf(failed, 'main')?.state?.terminated?.exitCode).toBe(exitCode);
      expect(statusOf(failed, 'main')?.restartCount).toBe(0);
    }
  });

  test('that can never run is refused at once, with what it asks for and what there is', async ({
    site,
    namespace,
    slurm,
  }) => {
    const asking = (name: string, flags: string, limits: Record<string, string>): Pod =>
      flagged(pod(site.nodeName, name, { containers: [shell('main', 'true', { resources: { limits } })] }), flags);
    await namespace.apply(
      asking('cpus', '', { cpu: '17' }),
      asking('time', '--partition=short --time=6', {}),
      asking('gpus', '--gres=gpu:h100:1', {}),
      asking('nowhere', '--partition=attic', {}),
      asking('down', '--partition=down', {}),
      asking('forbidden', '--wrap=id', {}),
    );
    const refusals = [
      ['cpus', /^SlurmUnsatisfiable$/, /partition main has at most 16 CPUs on one node, the pod needs 17/],
      ['time', /^SlurmUnsatisfiable$/, /partition short lets jobs run for 5:00, the pod asks for 6:00/],
      ['gpus', /^SlurmUnsatisfiable$/, /has at most 0 GPUs of type h100 on one node, the pod needs 1/],
      ['nowhere', /^SlurmUnsatisfiable$/, /there is no partition attic, only /],
      ['down', /^SlurmPartitionDown$/, /partition down is DOWN/],
      ['forbidden', /./, /wrap/],
    ] as const;
    for (const [name, reason, message] of refusals) {
      expect(await namespace.waitForWaiting(name, 'main', reason)).toMatch(message);
      expect((await namespace.pod(name)).status?.phase).toBe('Pending');
      expect(await namespace.run('describe', 'pod', name)).toMatch(message);
    }
    for (const found of await namespace.pods()) expect(await slurm.jobsOf(found)).toEqual([]);
  });
});

describe.skipIf(cannotRun)('what makes way for another', () => {
  const urgent = (nodeName: string, flags: string) => flagged(pod(nodeName, 'urgent', { containers }), flags);

  test('is Preempted, and fails', async ({ site, namespace }) => {
    const flags = `${bothGpus} --constraint=feat2`;
    await namespace.apply(flagged(pod(site.nodeName, 'modest', { containers }), `${flags} --partition=lowcancel`));
    await namespace.waitForPhase('modest', 'Running', patient);
    await namespace.apply(urgent(site.nodeName, flags));
    const failed = await namespace.waitForPhase('modest', 'Failed', patient);
    expect(failed.status).toMatchObject({ reason: 'Preempted' });
    await namespace.waitForPhase('urgent', 'Running', patient);
    await namespace.run('delete', 'pod', 'urgent');
  });

  test('waits and begins anew where it may be requeued', async ({ site, namespace, slurm }) => {
    const flags = `${bothGpus} --constraint=feat2`;
    const modest = pod(site.nodeName, 'modest', { restartPolicy: 'Always', containers });
    await namespace.apply(flagged(modest, `${flags} --partition=low --requeue`));
    const first = await namespace.waitForPhase('modest', 'Running', patient);
    const { id } = await slurm.jobOf(first);
    await namespace.apply(urgent(site.nodeName, flags));
    await namespace.waitForWaiting('modest', 'main', /^SlurmPending$/, patient);
    await namespace.waitForPhase('urgent', 'Running', patient);
    await namespace.run('delete', 'pod', 'urgent');
    // Slurm itself would let two minutes pass.
    await slurm.run('root', 'scontrol', 'update', `JobId=${id}`, 'StartTime=now');
    const again = await namespace.waitForPod(
      'modest',
      'running again',
      (found) => statusOf(found, 'main')?.state?.running != null,
      patient,
    );
    expect(again.status?.phase).toBe('Running');
    expect(await slurm.jobOf(again)).toMatchObject({ id, restarts: 1 });
    await namespace.waitForEvent('modest', 'JobRequeued', /runs job \d+ again from its beginning \(restart 1\)$/);
  });
});
