import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, type InterLinkConfig, type PodReport } from '@interlink/sidecar-sdk';
import { Registry } from 'prom-client';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { ON_DEMAND_TIMEOUT_MS, offers, startOwnSlurmHost, waitFor } from '../../../test/testbed/index.ts';
import { createSlurmBackend } from './sidecar.ts';
import { owner, podRequest, uidOf } from './testing/running-backend.ts';
import { siteDefaults } from './testing/slurm-site.ts';

const patient = { timeoutMs: 180_000, intervalMs: 500 };
const names = { done: 1, running: 2, queued: 3 } as const;
type Name = keyof typeof names;

/** A sidecar's backend that follows its pods, as root, whose jobs run as root then. */
class Watching implements AsyncDisposable {
  readonly backend: Awaited<ReturnType<typeof createSlurmBackend>>;
  readonly #reports = new Map<string, PodReport>();
  readonly #stop = new AbortController();
  #watch: Promise<void> | undefined;

  private constructor(backend: Watching['backend']) {
    this.backend = backend;
  }

  static async begin(root: string, slurmConf: string): Promise<Watching> {
    const config = { ...siteDefaults, DataRootFolder: root, ContainerRuntime: 'none', 'Slurm.PollInterval': 1 };
    const env = { ...process.env, SLURM_CONF: slurmConf };
    const logger = createLogger('slurm-test', 'silent');
    const watching = new Watching(await createSlurmBackend(config as InterLinkConfig, logger, new Registry(), env));
    for (const { report } of await watching.backend.list()) watching.#reports.set(report.uid, report);
    watching.#watch = watching.backend.watch(
      {
        report: ({ report }) => void watching.#reports.set(report.uid, report),
        gone: (uid) => void watching.#reports.delete(uid),
        event: () => undefined,
        relist: () => undefined,
      },
      watching.#stop.signal,
    );
    return watching;
  }

  async create(name: Name, script: string): Promise<void> {
    const containers = [{ name: 'main', image: 'none', command: ['/bin/sh', '-c', script] }];
    await this.backend.create(podRequest(names[name], { containers, restartPolicy: 'Never' }), owner);
  }

  status(name: Name): PodReport['status'] | undefined {
    return this.#reports.get(uidOf(names[name]))?.status;
  }

  async until(name: Name, what: string, isSo: (status: PodReport['status']) => boolean): Promise<PodReport['status']> {
    return await waitFor(
      `pod ${name} to ${what}`,
      () => {
        const status = this.status(name);
        if (status !== undefined && isSo(status)) return status;
        throw new Error(JSON.stringify(status));
      },
      patient,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#watch;
  }
}

const stateOf = ({ containerStatuses: [main] }: PodReport['status']) => main?.state;

describe.skipIf(!offers(inject('testbed'), 'slurmHost'))('jobs that slurmctld has forgotten', () => {
  test('are what they have written themselves, else what accounting says of them', {
    timeout: ON_DEMAND_TIMEOUT_MS,
  }, async () => {
    await using host = await startOwnSlurmHost({ accounting: true, settings: { MinJobAge: 2 } });
    const root = await mkdtemp(join(tmpdir(), 'forgotten-jobs-'));
    onTestFinished(async () => await rm(root, { recursive: true, force: true, maxRetries: 5 }));
    const asRoot = async (...argv: string[]) => await host.shell.run(argv, { account: 'root' });
    const ids = new Map<Name, string>();
    {
      await using before = await Watching.begin(root, host.data.conf);
      await before.create('done', 'exit 3');
      await before.create('running', 'sleep 600');
      await before.until('done', 'end', (status) => stateOf(status)?.terminated !== undefined);
      await before.until('running', 'run', (status) => stateOf(status)?.running !== undefined);
      await asRoot('scontrol', 'update', `NodeName=${host.data.node}`, 'State=DRAIN', 'Reason=test');
      await before.create('queued', 'true');
      for (const name of ['done', 'running', 'queued'] as const) {
        const { jobID = '' } = await before.until(name, 'have a job', ({ jobID }) => jobID !== undefined);
        ids.set(name, jobID);
      }
    }
    // Nobody looks.
    await asRoot('scancel', ids.get('queued') ?? '');
    await asRoot('scancel', '--signal=KILL', '--batch', ids.get('running') ?? '');
    for (const [name, id] of ids) {
      const isForgotten = async () => /Invalid job id/.test((await asRoot('scontrol', 'show', 'job', id)).stderr);
      await waitFor(`slurmctld to forget job ${name}`, isForgotten, patient);
    }

    for (const time of ['first', 'second']) {
      await using after = await Watching.begin(root, host.data.conf);
      const queued = await after.until('queued', `end (${time} look)`, ({ phase }) => phase === 'Failed');
      const message = 'The job was cancelled in Slurm, by user 0';
      expect(queued).toMatchObject({ reason: 'Cancelled', message });
      expect(stateOf(queued)?.terminated).toMatchObject({ exitCode: 143, reason: 'Cancelled' });
      const killed = await after.until('running', `end (${time} look)`, (status) => stateOf(status)?.running == null);
      expect(stateOf(killed)?.terminated).toMatchObject({ exitCode: 137, reason: 'Error' });
      expect(stateOf(killed)?.terminated?.message).toBe('The job was ended by signal 9');
      const done = await after.until('done', `be known (${time} look)`, () => true);
      expect(stateOf(done)?.terminated).toMatchObject({ exitCode: 3, reason: 'Error' });
      // None of them was taken for one that never ran.
      for (const [name, id] of ids) expect(after.status(name)?.jobID).toBe(id);
    }
  });
});
