import { type EventRecorder, objectReference, type Pod, WorkQueue } from '@interlink/kube';
import { InterLinkError, type ResolvedVolume } from '@interlink/protocol';
import type { Logger } from '@interlink/service-kit';
import type { Provider } from '../provider.ts';
import type { KubeObjectReader } from '../resolve/object-reader.ts';
import type { ObjectWatches } from '../resolve/object-watches.ts';
import type { NodeFacts, ResolvedPod, ResolveError } from '../resolve/resolve-pod.ts';
import { mountWarning } from '../resolve/resolve-volumes.ts';
import { FollowedPod } from './followed-pod.ts';
import { resolveDue } from './resolve-due.ts';
import { tokensDueAtRestart } from './tokens-due-at-restart.ts';
import type { VolumeUse } from './volume-uses.ts';

export interface VolumeUpdatesOptions {
  readonly provider: Pick<Provider, 'updateVolumes'>;
  readonly reader: KubeObjectReader;
  readonly watches: ObjectWatches;
  readonly node: NodeFacts;
  readonly events: Pick<EventRecorder, 'record'>;
  readonly logger: Logger;
  /** Whether the backend is within reach; {@link VolumeUpdates.onReach} is called when it has come. */
  isReachable(): boolean;
  /** Milliseconds since the epoch. Default `Date.now`. */
  now?: () => number;
  /** Uniform in [0, 1). Default `Math.random`. */
  random?: () => number;
}

/** Changes within this time are one update. */
const gatherMs = 250;
/** Pods in work at one time: a ConfigMap that all of them use is no burst at the backend. */
const concurrency = 16;
/** How often tokens are tried again whose volume lacks something else. */
const stuckRetryMs = 60_000;
const backoff = { baseMs: 500, maxMs: 60_000 };

/**
 * Keeps the files of running pods' volumes true: what they are made from is watched, what has changed is resolved again and sent
 * to the backend. Environment is never resolved again, as on any node. An idle pod costs nothing but memory; after a restart
 * every pod's files are sent once, since only the backend knows what it has.
 */
export class VolumeUpdates {
  readonly #options: VolumeUpdatesOptions;
  readonly #pods = new Map<string, FollowedPod>();
  readonly #queue: WorkQueue;
  readonly #now: () => number;
  /** The backend has said that it can't; asked again when it comes back, perhaps as another. */
  #isRefused = false;

  constructor(options: VolumeUpdatesOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#queue = new WorkQueue({
      concurrency,
      backoff,
      process: async (uid, signal) => await this.#update(uid, signal),
      onError: (podUid, err, attempt) => options.logger.warn({ podUid, err, attempt }, 'volumes not up to date yet'),
    });
  }

  async run(signal: AbortSignal): Promise<void> {
    await this.#queue.run(signal);
  }

  /** The pod has been sent to the backend, made from this. */
  created(uid: string, pod: Pod, { request, versions }: ResolvedPod): void {
    if (this.#options.provider.updateVolumes === undefined) return;
    const followed = this.#pods.get(uid) ?? new FollowedPod(pod);
    followed.noteCreation(pod, request.volumes, versions);
    this.#follow(uid, followed);
  }

  /** The backend runs the pod, and this is its newest copy. */
  keep(uid: string, pod: Pod): void {
    if (this.#options.provider.updateVolumes === undefined) return;
    const followed = this.#pods.get(uid);
    if (followed !== undefined) {
      followed.takePod(pod);
      if (followed.due.size > 0) this.#wake(uid);
      return;
    }
    this.#startAnew(uid, new FollowedPod(pod));
  }

  /** The pod ends or has ended: nothing of it is kept. */
  release(uid: string): void {
    if (this.#pods.delete(uid)) this.#options.watches.release(watcherOf(uid));
    this.#options.reader.tokens.forget(uid);
    this.#queue.forget(uid);
  }

  /** The backend has come within reach. */
  onReach(): void {
    const wasRefused = this.#isRefused;
    this.#isRefused = false;
    for (const [uid, followed] of this.#pods) {
      if (wasRefused) this.#startAnew(uid, followed);
      else this.#queue.add(uid);
    }
  }

  /** Nobody knows what the backend has of the pod. Tokens are not all renewed at once. */
  #startAnew(uid: string, followed: FollowedPod): void {
    followed.forgetSent();
    followed.markDue(({ hasToken }) => !hasToken);
    followed.tokensDueAtMs = tokensDueAtRestart(followed, this.#now(), this.#options.random ?? Math.random);
    this.#follow(uid, followed);
  }

  #follow(uid: string, followed: FollowedPod): void {
    if (followed.uses.size === 0) return;
    this.#pods.set(uid, followed);
    if (this.#isRefused) return;
    this.#options.watches.use(watcherOf(uid), followed.objects, {
      untilImmutable: true,
      onChange: (object, version) => {
        followed.takeVersion(object, version);
        if (followed.due.size > 0) this.#wake(uid);
      },
    });
    const renewAtMs = this.#options.reader.tokens.renewAtMs(uid);
    if (renewAtMs !== undefined) followed.tokensDueAtMs = renewAtMs;
    this.#plan(uid, followed);
  }

  #wake(uid: string): void {
    this.#queue.addAfter(uid, gatherMs);
  }

  /** Puts the pod into the queue for the time when something has to be done for it. */
  #plan(uid: string, followed: FollowedPod): void {
    if (followed.due.size > 0) this.#wake(uid);
    if (followed.tokensDueAtMs !== Number.POSITIVE_INFINITY)
      this.#queue.addAfter(uid, Math.max(gatherMs, followed.tokensDueAtMs - this.#now()));
  }

  async #update(uid: string, signal: AbortSignal): Promise<void> {
    const followed = this.#pods.get(uid);
    if (followed === undefined || this.#isRefused || !this.#options.isReachable()) return;
    if (this.#now() >= followed.tokensDueAtMs) followed.markDue(({ hasToken }) => hasToken);
    const names = [...followed.due];
    const uses = names.flatMap((name) => followed.uses.get(name) ?? []);
    if (uses.length === 0) return this.#plan(uid, followed);
    followed.due.clear();
    try {
      await this.#bringUpToDate(uid, followed, uses, signal);
    } catch (error) {
      for (const name of names) followed.due.add(name);
      throw error;
    }
    if (this.#pods.get(uid) === followed) this.#plan(uid, followed);
    else if (!this.#pods.has(uid)) this.#options.reader.tokens.forget(uid);
  }

  async #bringUpToDate(
    uid: string,
    followed: FollowedPod,
    uses: ReadonlyArray<VolumeUse>,
    signal: AbortSignal,
  ): Promise<void> {
    const { creations } = followed;
    const { volumes, troubles, versions } = await resolveDue(followed.pod, uses, { ...this.#options, signal });
    if (uses.some(({ hasToken }) => hasToken)) {
      const isStuck = uses.some(({ volume, hasToken }) => hasToken && troubles.has(volume.name));
      const renewAtMs = this.#options.reader.tokens.renewAtMs(uid);
      followed.tokensDueAtMs = isStuck
        ? Math.max(renewAtMs ?? 0, this.#now() + stuckRetryMs)
        : (renewAtMs ?? Number.POSITIVE_INFINITY);
    }
    for (const { volume } of uses) this.#tell(followed, volume.name, troubles.get(volume.name));
    const changed = volumes.filter((volume) => followed.differs(volume));
    if (changed.length > 0 && this.#pods.get(uid) === followed) await this.#send(uid, followed, changed, signal);
    if (followed.creations !== creations) {
      // Which of the two came last?
      followed.forgetSent();
      followed.markDue(() => true);
      return;
    }
    followed.noteRead(versions);
    for (const trouble of troubles.values()) if (trouble.isPassing) throw trouble;
  }

  async #send(uid: string, followed: FollowedPod, changed: ResolvedVolume[], signal: AbortSignal): Promise<void> {
    const { provider, logger } = this.#options;
    const { namespace, name } = followed.pod.metadata ?? {};
    const names = changed.map((volume) => volume.name);
    try {
      await provider.updateVolumes?.(uid, changed, signal);
    } catch (thrown) {
      const error = InterLinkError.from(thrown);
      if (error.isPassing) throw error;
      this.#onRefused(uid, followed, names, error);
      return;
    }
    followed.noteSent(changed);
    logger.info({ pod: `${namespace}/${name}`, podUid: uid, volumes: names }, 'volumes updated');
  }

  /** Trying again would not help. A pod that the backend lacks is the pod controller's to deal with. */
  #onRefused(uid: string, followed: FollowedPod, names: string[], error: InterLinkError): void {
    this.#options.logger.warn({ podUid: uid, err: error }, 'the backend refuses to update volumes');
    if (error.code === 'unimplemented') {
      this.#isRefused = true;
      for (const other of this.#pods.keys()) {
        this.#options.watches.release(watcherOf(other));
        this.#queue.forget(other);
      }
    } else if (error.code !== 'not_found') {
      for (const name of names) this.#tell(followed, name, mountWarning(name, error.message));
    }
  }

  /** The kubelet's event when a volume can't be set up, once; undefined: all is well again. */
  #tell(followed: FollowedPod, volume: string, trouble: Pick<ResolveError, 'message'> | undefined): void {
    if (trouble === undefined) {
      followed.troubles.delete(volume);
    } else if (followed.troubles.get(volume) !== trouble.message) {
      followed.troubles.set(volume, trouble.message);
      this.#options.events.record(objectReference(followed.pod), 'Warning', 'FailedMount', trouble.message);
    }
  }
}

/** Apart from what the pod may be waiting for. */
function watcherOf(uid: string): string {
  return `volumes/${uid}`;
}
