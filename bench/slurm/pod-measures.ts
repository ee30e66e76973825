import { setTimeout as sleep } from 'node:timers/promises';
import type { SlurmHost } from '../../test/testbed/index.ts';
import { usageOf } from '../process-usage.ts';
import { percentile } from '../report.ts';
import { inParallel, ms, show, spread, timed } from '../show.ts';
import type { HostSidecar } from './host-sidecar.ts';
import { SbatchByHand } from './sbatch-by-hand.ts';

const stay = 'exec sleep 1000000';
const held = { annotations: { 'slurm-job.vk.io/flags': '--hold' } };
const requestsAtOnce = 16;
const deletesAtOnce = 500;

/** What a pod costs above a job, in turns with sbatch by hand. */
export class PodMeasures {
  readonly #host: SlurmHost;
  readonly #sidecar: HostSidecar;

  constructor(host: SlurmHost, sidecar: HostSidecar) {
    this.#host = host;
    this.#sidecar = sidecar;
  }

  async starts(rounds: number): Promise<void> {
    const { pods } = this.#sidecar;
    const byHand = await this.#byHand();
    const times = { pod: [] as number[], hand: [] as number[] };
    for (let round = 0; round < rounds; round += 1) {
      let uid = '';
      times.pod.push(
        await timed(async () => {
          uid = await pods.create(stay);
          await pods.untilRunning(uid);
        }),
      );
      await pods.delete([uid]);
      const args = await byHand.prepare();
      let id = '';
      times.hand.push(
        await timed(async () => {
          id = await byHand.submit(args);
          await byHand.untilRunning(args);
        }),
      );
      await byHand.cancel([id]);
    }
    show('created→Running', spread(times.pod));
    show('the same script by sbatch', spread(times.hand));
    show('more in the median', ms(percentile(times.pod, 0.5) - percentile(times.hand, 0.5)));
  }

  async ends(count: number): Promise<void> {
    const { pods } = this.#sidecar;
    const samples: number[] = [];
    const uids: string[] = [];
    await inParallel(count, 8, async () => {
      const uid = await pods.create('sleep 1');
      uids.push(uid);
      const { atMs, finishedAtMs } = await pods.untilEnded(uid);
      samples.push(atMs - finishedAtMs);
    });
    await pods.delete(uids);
    show('exit→on the stream', spread(samples));
  }

  async submissions(count: number, rounds: number): Promise<void> {
    const { pods } = this.#sidecar;
    const byHand = await this.#byHand();
    const walls = { pod: 0, hand: 0 };
    for (let round = 0; round < rounds; round += 1) {
      const uids: string[] = [];
      walls.pod += await timed(async () => {
        await inParallel(count, requestsAtOnce, async () => {
          const uid = await pods.create(stay, held);
          uids.push(uid);
          await pods.untilQueued(uid);
        });
      });
      await pods.delete(uids);
      const all: string[][] = [];
      for (let index = 0; index < count; index += 1) all.push(await byHand.prepare(['--hold']));
      let ids: string[] = [];
      walls.hand += await timed(async () => {
        ids = await byHand.submitAll(all);
      });
      await byHand.cancel(ids);
    }
    const rate = (wall: number) => ((count * rounds) / (wall / 1_000)).toFixed(0);
    show('submissions through the sidecar', `${rate(walls.pod)} per second`);
    show('submissions by a loop of sbatch', `${rate(walls.hand)} per second`);
    show('ratio', `${((walls.hand / walls.pod) * 100).toFixed(0)} %`);
  }

  async commands(rounds: number): Promise<void> {
    const { pods } = this.#sidecar;
    const uid = await pods.create(stay);
    const jobId = (await pods.untilRunning(uid)).split('/')[0] ?? '';
    const times = { exec: [] as number[], srun: [] as number[] };
    for (let round = 0; round < rounds; round += 1) {
      times.exec.push(await timed(async () => await pods.exec(uid, ['true'])));
      const argv = ['srun', `--jobid=${jobId}`, '--overlap', '--unbuffered', 'true'];
      times.srun.push(await timed(async () => await this.#host.shell.run(argv)));
    }
    await pods.delete([uid]);
    show('exec of true', spread(times.exec));
    show('srun --overlap true by hand', spread(times.srun));
  }

  /** Many pods that wait for their turn, few that run, and nothing that happens; then they are deleted. */
  async known(counts: ReadonlyArray<number>, seconds: number): Promise<void> {
    const { pods } = this.#sidecar;
    const uids: string[] = [];
    for (const count of counts) {
      await inParallel(count - uids.length, requestsAtOnce, async () => {
        const uid = await pods.create(stay, { container: { resources: { limits: { cpu: '1', memory: '100Mi' } } } });
        uids.push(uid);
        await pods.untilQueued(uid);
      });
      await sleep(15_000);
      await this.#idle(count, seconds);
    }
    const before = await this.#sidecar.commands();
    const deleted = uids.splice(0, deletesAtOnce);
    const took = await timed(async () => await pods.delete(deleted));
    const after = await this.#sidecar.commands();
    const cancels = (after.get('scancel') ?? 0) - (before.get('scancel') ?? 0);
    show(`${deleted.length} pods deleted at once`, `${cancels} scancels, gone after ${(took / 1_000).toFixed(1)} s`);
    while (uids.length > 0) await pods.delete(uids.splice(0, deletesAtOnce));
  }

  async #idle(count: number, seconds: number): Promise<void> {
    const { part, pods } = this.#sidecar;
    const [usage, commands, records] = [usageOf(part.pid), await this.#sidecar.commands(), pods.records];
    await sleep(seconds * 1_000);
    const [usageAfter, commandsAfter] = [usageOf(part.pid), await this.#sidecar.commands()];
    const cpu = ((usageAfter.cpuSeconds - usage.cpuSeconds) / seconds) * 100;
    show(`${count} pods known`, `${cpu.toFixed(2)} % of a core, ${usageAfter.residentMiB.toFixed(0)} MiB`);
    const ran = [...commandsAfter].map(([program, after]) => [program, after - (commands.get(program) ?? 0)] as const);
    const text = ran
      .flatMap(([program, times]) => (times === 0 ? [] : `${program} ${(times * 60) / seconds}`))
      .join(', ');
    show(`${count} pods known: commands per minute`, text);
    show(`${count} pods known: records on the stream`, `${pods.records - records} in ${seconds} s`);
  }

  /** A pod that waits for ever lends its script. */
  async #byHand(): Promise<SbatchByHand> {
    const uid = await this.#sidecar.pods.create(stay, held);
    return await SbatchByHand.open(this.#host, this.#sidecar, uid);
  }
}
