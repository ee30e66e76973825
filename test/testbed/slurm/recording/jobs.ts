import { waitFor } from '../../wait-for.ts';
import { NODE_CPUS } from '../slurm-conf.ts';
import type { Recorder } from './recorder.ts';

/** Takes 300 MB, and lives long enough for that to be seen. */
const GREEDY = 'x=$(head -c 300000000 /dev/zero | tr "\\0" x); sleep 10';

/** slurmctld looks for what it may forget every half a minute. */
const FORGET_MS = 180_000;

/** Submits jobs, each named for what becomes of it, and brings that about. */
export class Jobs {
  readonly #recorder: Recorder;
  readonly #nodes: readonly string[];

  constructor(recorder: Recorder, nodes: readonly string[]) {
    this.#recorder = recorder;
    this.#nodes = nodes;
  }

  /** @returns the job's id */
  async submit(name: string, script: string, ...options: string[]): Promise<string> {
    const argv = ['sbatch', '--parsable', '--no-requeue', '--output=/dev/null', `--job-name=${name}`];
    const comment = JSON.stringify({ v: 1, uid: `uid-of-${name}`, cluster: 'c', node: 'n', ns: 'default', name });
    const all = [...argv, `--comment=${comment}`, ...options, `--wrap=${script}`];
    const { stdout, stderr, exitCode } = await this.#recorder.shell.run(all);
    if (exitCode !== 0) throw new Error(`Cannot submit ${name}: ${stderr}`);
    return stdout.trim();
  }

  async state(id: string): Promise<string> {
    const { stdout } = await this.#recorder.shell.run(['squeue', '-h', '-t', 'all', '-j', id, '-o', '%T %r']);
    return stdout.trim();
  }

  /** Waits until the job's state (and, when given, its reason) are so. */
  async reach(id: string, wanted: string, timeoutMs = 30_000): Promise<void> {
    await waitFor(`job ${id} to be ${wanted}`, async () => (await this.state(id)).startsWith(wanted), { timeoutMs });
  }

  /** Waits until slurmctld knows a job no more (`MinJobAge`). */
  async forget(id: string): Promise<void> {
    const squeue = ['squeue', '-h', '-t', 'all', '-j', id];
    const isForgotten = async () => (await this.#recorder.shell.run(squeue)).exitCode !== 0;
    await waitFor(`job ${id} to be forgotten`, isForgotten, { timeoutMs: FORGET_MS });
  }

  /** Jobs that wait, each for a reason of its own. */
  async submitWaiting(): Promise<void> {
    await this.submit('pending-partition-down', 'true', '--partition=down', '--mem=100');
    await this.submit('pending-held', 'true', '--hold');
    await this.submit('pending-begin-time', 'true', '--begin=now+1hour');
    const held = await this.submit('pending-held-by-admin', 'true', '--begin=now+1hour');
    await this.asRoot('scontrol', 'hold', held);
    await this.submit('pending-time-limit', 'true', '--partition=short', '--time=60');
    const first = await this.submit('running', 'sleep 1000');
    await this.reach(first, 'RUNNING');
    await this.submit('pending-dependency', 'true', `--dependency=afterok:${first}`);
    const failed = await this.submit('failed-code', 'exit 3');
    await this.reach(failed, 'FAILED');
    await this.submit('pending-dependency-never', 'true', `--dependency=afterok:${failed}`);
    await this.submit('array', 'sleep 1000', '--array=3-4,7');
    await this.submit('array-waiting', 'true', '--array=0-2', '--begin=now+1hour');
  }

  /** Jobs that want all nodes, while others have them. @returns the one that gives up after a minute */
  async submitToFullCluster(): Promise<string> {
    const all = [`--nodes=${this.#nodes.length}`, '--exclusive'];
    const first = await this.submit('pending-resources', 'true', ...all);
    await this.reach(first, 'PENDING Resources');
    await this.reach(await this.submit('pending-priority', 'true', ...all), 'PENDING Priority');
    return await this.submit('deadline', 'true', ...all, '--time=1', '--deadline=now+75seconds');
  }

  /** Jobs that have to make way for a greater one. */
  async preempt(): Promise<void> {
    const low = await this.submit('preempted-requeued', 'sleep 1000', '--partition=low', '--requeue');
    const cancelled = await this.submit('preempted', 'sleep 1000', '--partition=lowcancel');
    await this.reach(low, 'RUNNING');
    await this.reach(cancelled, 'RUNNING');
    const cpus = `--ntasks=${NODE_CPUS * this.#nodes.length}`;
    const great = await this.submit('completed-preemptor', 'true', cpus, '--mem-per-cpu=10');
    await this.reach(great, 'COMPLETED', 90_000);
    await this.reach(cancelled, 'PREEMPTED');
    await this.reach(low, 'PENDING');
  }

  /** Jobs that end at once, each in its way. */
  async end(): Promise<void> {
    await this.reach(await this.submit('completed', 'true'), 'COMPLETED');
    await this.reach(await this.submit('failed-signal', 'kill -KILL $$'), 'FAILED');
    const unwritable = await this.submit('failed-output', 'true', '--output=/nonexistent/file');
    await this.reach(unwritable, 'FAILED');
    for (const [name, script] of [
      ['out-of-memory', GREEDY],
      ['out-of-memory-of-child', `bash -c '${GREEDY}'; sleep 5; exit 0`],
    ] as const) {
      const greedy = await this.submit(name, script, '--mem=50');
      await waitFor(`${name} to end`, async () => !/^(PENDING|RUNNING|COMPLETING)/.test(await this.state(greedy)));
    }
    const running = await this.submit('cancelled', 'sleep 1000');
    await this.reach(running, 'RUNNING');
    await this.#recorder.shell.run(['scancel', running]);
    await this.reach(running, 'CANCELLED');
    const waiting = await this.submit('cancelled-waiting', 'true', '--hold');
    await this.#recorder.shell.run(['scancel', waiting]);
    await this.reach(waiting, 'CANCELLED');
    const killed = await this.submit('killed-batch', 'sleep 1000');
    await this.reach(killed, 'RUNNING');
    await this.#recorder.shell.run(['scancel', '--signal=KILL', '--batch', killed]);
    await waitFor('the killed job to end', async () => !/^(RUNNING|COMPLETING)/.test(await this.state(killed)));
  }

  /** Jobs that an administrator or their owner puts into special states. */
  async putAside(): Promise<void> {
    const suspended = await this.submit('suspended', 'sleep 1000');
    const requeued = await this.submit('requeued', 'sleep 1000', '--requeue');
    const requeuedHeld = await this.submit('requeued-held', 'sleep 1000', '--requeue');
    const special = await this.submit('special-exit', 'sleep 1000', '--requeue');
    for (const id of [suspended, requeued, requeuedHeld, special]) await this.reach(id, 'RUNNING');
    await this.asRoot('scontrol', 'suspend', suspended);
    await this.asRoot('scontrol', 'requeue', requeued);
    await this.asRoot('scontrol', 'requeuehold', requeuedHeld);
    await this.asRoot('scontrol', 'requeuehold', 'state=SpecialExit', special);
    await this.reach(suspended, 'SUSPENDED');
    for (const id of [requeued, requeuedHeld]) await this.reach(id, 'PENDING');
    await this.reach(special, 'SPECIAL_EXIT');
    const stubborn = await this.submit('completing', 'trap "" TERM; while :; do sleep 1; done');
    await this.reach(stubborn, 'RUNNING');
    // The trap must be there before.
    await waitFor('the job to run for 2 s', async () => / 0:0[2-9]$/.test((await this.#used(stubborn)) ?? ''));
    await this.#recorder.shell.run(['scancel', stubborn]);
    await this.reach(stubborn, 'COMPLETING');
  }

  async asRoot(...argv: string[]): Promise<void> {
    const { exitCode, stderr } = await this.#recorder.shell.run(argv, { account: 'root' });
    if (exitCode !== 0) throw new Error(`${argv.join(' ')} exited with ${exitCode}: ${stderr}`);
  }

  async #used(id: string): Promise<string | undefined> {
    return ` ${(await this.#recorder.shell.run(['squeue', '-h', '-j', id, '-o', '%M'])).stdout.trim()}`;
  }
}
