import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import type { Duplex } from 'node:stream';
import {
  type Attempt,
  type RunOrder as CommandOrder,
  type ContainerRuntime,
  type CreateOrder,
  connectPort,
  type DialAddress,
  declared,
  InterLinkError,
  type RuntimePod,
  readLogEnd,
  readTerminationFile,
  type UnreadablePod,
} from '@interlink/sidecar-sdk';
import { toRunOrder } from '../container-order.ts';
import { runCommand } from '../exec/run-command.ts';
import { isPodFolderName, PodFolder, type StopOrder, type StoredPod } from '../folder/pod-folder.ts';
import { runningAttempt } from '../folder/pod-record.ts';
import { readJson } from '../folder/read-json.ts';
import { readAttemptState, readPod } from '../folder/read-pod.ts';
import { writeOnce } from '../runner/whole-file.ts';
import { buryLost } from './bury-lost.ts';
import { LiveRunners } from './live-runners.ts';
import { removeEndedPod } from './remove-ended-pod.ts';
import { signalGroup } from './signal-group.ts';
import { startAttempt } from './start-attempt.ts';
import { toRuntimePod } from './to-runtime-pod.ts';

/** Containers as processes of this account, each behind a runner; the pods' folders are the store. */
export class ProcessRuntime implements ContainerRuntime {
  readonly #podsFolder: string;
  readonly #now: () => number;
  readonly #runners = new LiveRunners();
  /** Deletions for which there was no room in pods' folders, by UID. */
  readonly unwrittenStops = new Map<string, StopOrder>();
  /** Whose pods these are and what they are of, as read last. */
  readonly #known = new Map<string, Pick<RuntimePod, 'owner' | 'pod'>>();

  /** @param now milliseconds since the epoch */
  constructor(podsFolder: string, now: () => number) {
    this.#podsFolder = podsFolder;
    this.#now = now;
  }

  async read(uid: string): Promise<RuntimePod | undefined> {
    const folder = this.#folderOf(uid);
    const record = await readPod(folder);
    if (record === undefined) {
      this.#runners.forget(uid);
      this.#known.delete(uid);
      this.unwrittenStops.delete(uid);
      return undefined;
    }
    this.#known.set(uid, { owner: record.owner, pod: record.pod });
    this.#runners.note(uid, record);
    const stop = this.unwrittenStops.get(uid) ?? record.stop;
    return toRuntimePod(await buryLost(folder, { ...record, stop }, this.#now()));
  }

  /** @throws InterLinkError when there is a pod's folder that nobody can tell the owner of: to leave it out would be to say that it is gone */
  async readAll(): Promise<Array<RuntimePod | UnreadablePod>> {
    const uids = (await readdir(this.#podsFolder)).filter(isPodFolderName);
    const read = async (uid: string) => {
      try {
        return await this.read(uid);
      } catch (error) {
        return await this.#unread(uid, error);
      }
    };
    return (await Promise.all(uids.map(read))).filter((pod) => pod !== undefined);
  }

  async #unread(uid: string, error: unknown): Promise<UnreadablePod> {
    let known = this.#known.get(uid);
    if (known === undefined) {
      const stored = await readJson<StoredPod>(this.#folderOf(uid).request).catch(() => undefined);
      if (stored === undefined) throw error;
      known = { owner: stored.owner, pod: stored.request.pod };
    }
    return { ...known, unreadable: InterLinkError.from(error) };
  }

  /** Pods that may have changed without a word. */
  changedPods(): string[] {
    return this.#runners.changed();
  }

  async startSandbox(): Promise<void> {
    // Containers share nothing that would have to run.
  }

  async prepare(): Promise<void> {
    // Volumes are written before the pod's folder gets its name.
  }

  async create({ pod, container, attempt, failuresBefore }: CreateOrder): Promise<void> {
    const spec = declared(pod.pod).find((each) => each.spec.name === container)?.spec;
    if (spec?.command === undefined || spec.command.length === 0) {
      const message = "It has no command, and an image's own entrypoint is not known without the image";
      throw new InterLinkError('failed_precondition', message, { reason: 'CreateContainerError' });
    }
    const folder = this.#folderOf(pod.pod.metadata.uid);
    await mkdir(folder.attempt(container, attempt), { recursive: true, mode: 0o700 });
    await writeFile(folder.attemptFile(container, attempt, 'termination'), '', { mode: 0o600, flag: 'a' });
    const order = toRunOrder(spec, folder, { number: attempt, failuresBefore });
    writeOnce(folder.attemptFile(container, attempt, 'order'), order);
  }

  async start(pod: RuntimePod, attempt: Attempt): Promise<void> {
    await startAttempt(this.#folderOf(pod.pod.metadata.uid), attempt, this.#now);
  }

  async terminate(pod: RuntimePod, attempt: Attempt): Promise<void> {
    await this.#signal(pod, attempt, 'SIGTERM');
  }

  async kill(pod: RuntimePod, attempt: Attempt): Promise<void> {
    await this.#signal(pod, attempt, 'SIGKILL');
  }

  async removeAttempt(pod: RuntimePod, { container, number }: Attempt): Promise<void> {
    const folder = this.#folderOf(pod.pod.metadata.uid);
    await rm(folder.attempt(container, number), { recursive: true, force: true });
  }

  async remove(pod: RuntimePod): Promise<void> {
    const { uid } = pod.pod.metadata;
    await removeEndedPod(this.#podsFolder, uid);
    this.#runners.forget(uid);
    this.unwrittenStops.delete(uid);
  }

  async terminationMessage(pod: RuntimePod, { container, number }: Attempt, source: 'file' | 'logs'): Promise<string> {
    const folder = this.#folderOf(pod.pod.metadata.uid);
    return source === 'file'
      ? await readTerminationFile(folder.attemptFile(container, number, 'termination'))
      : await readLogEnd(folder.attemptFile(container, number, 'log'));
  }

  async run({ pod, attempt, command, signal }: CommandOrder): Promise<{ exitCode: number; output: string }> {
    const record = await readPod(this.#folderOf(pod.pod.metadata.uid));
    const running = record && runningAttempt(record, attempt.container);
    if (running?.number !== attempt.number) {
      throw new InterLinkError('failed_precondition', `container "${attempt.container}" is not running`);
    }
    return await runCommand(running, command, signal);
  }

  /** Nothing is isolated: a pod's ports are this machine's. */
  async connect(_: RuntimePod, { host = 'localhost', port }: DialAddress, signal: AbortSignal): Promise<Duplex> {
    return await connectPort({ host, port, signal });
  }

  async #signal(pod: RuntimePod, { container, number }: Attempt, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const state = await readAttemptState(this.#folderOf(pod.pod.metadata.uid), container, number);
    if (state.kind === 'running') signalGroup(state.child.process, signal);
    // Before there is a command, only its runner can be ended.
    if (state.kind === 'starting' && signal === 'SIGKILL') signalGroup(state.runner, signal);
  }

  #folderOf(uid: string): PodFolder {
    return new PodFolder(this.#podsFolder, uid);
  }
}
