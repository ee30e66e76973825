import {
  type Capabilities,
  InterLinkError,
  type PodEvent,
  type PodReport,
  type PodRequest,
  type PodUpdate,
  ReportLog,
  type ResolvedVolume,
  type StreamRecord,
} from '@interlink/protocol';
import type { Provider } from '../../provider.ts';
import { containerStatuses, type Doing } from '../../status/testing/statuses.ts';

/** A backend in memory: holds reports, streams them as a sidecar does, and writes down what it was asked for. */
export class FakeBackend implements Provider {
  /** `create UID`, `update UID GENERATION`, `delete UID GRACE` and `files UID path=text,…`, in order. */
  readonly calls: string[] = [];
  readonly requests = new Map<string, PodRequest>();
  /** What it was told in updates, in order. */
  readonly updates: PodUpdate[] = [];
  /** What it says it can do; undefined: nothing yet. */
  announced: Capabilities | undefined;
  /** What update throws, if anything. */
  updateRefusal: Error | undefined;
  /** Whether a created pod shows up in the stream at once. */
  reportsCreated = true;
  /** Pods that run though the stream does not tell of them, as behind a v1 plugin. */
  readonly unlisted = new Set<string>();
  /** What adopt throws, if anything. */
  adoptRefusal: Error | undefined;
  /** What create throws, if anything. */
  refusal: Error | undefined;
  /** Out of reach: streams end, calls fail. */
  #isDown = false;
  #log = new ReportLog();
  #cut = new AbortController();

  get isDown(): boolean {
    return this.#isDown;
  }

  set isDown(isDown: boolean) {
    this.#isDown = isDown;
    if (isDown) this.cut();
  }

  /** The connection breaks; what the backend holds stays. */
  cut(): void {
    this.#cut.abort(new InterLinkError('unavailable', 'connection cut'));
    this.#cut = new AbortController();
  }

  /** The backend starts anew and holds only these of its pods; cursors of before mean nothing to it. */
  restart(uids: ReadonlyArray<string> = this.#log.reports().map(({ uid }) => uid)): void {
    const kept = this.#log.reports().filter(({ uid }) => uids.includes(uid));
    this.#log = new ReportLog();
    for (const report of kept) this.#log.put(report);
    this.cut();
  }

  holds(uid: string): boolean {
    return this.#log.get(uid) !== undefined;
  }

  report(report: PodReport): void {
    this.#log.put(report);
  }

  /** Containers of a pod that was created here change. */
  now(uid: string, doings: Readonly<Record<string, Doing>>, status: Partial<PodReport['status']> = {}): void {
    const metadata = this.requests.get(uid)?.pod.metadata;
    const { name = 'p', namespace = 'ns', generation: observedGeneration = 1 } = metadata ?? {};
    const containers = { containerStatuses: containerStatuses(doings), observedGeneration };
    this.#log.put({ uid, namespace, name, status: { ...containers, ...status } });
  }

  gone(uid: string): void {
    this.#log.remove(uid);
  }

  event(uid: string, event: PodEvent): void {
    this.#log.event(uid, event);
  }

  async capabilities(): Promise<Capabilities> {
    throw new InterLinkError('unimplemented', 'not asked for');
  }

  async createPod(request: PodRequest): Promise<void> {
    const { uid } = request.pod.metadata;
    this.calls.push(`create ${uid}`);
    this.#assertUp();
    if (this.refusal !== undefined) throw this.refusal;
    this.requests.set(uid, request);
    if (this.reportsCreated && !this.holds(uid)) this.now(uid, { main: 'waiting' });
  }

  async adoptPod(request: PodRequest): Promise<boolean> {
    const { uid } = request.pod.metadata;
    this.calls.push(`adopt ${uid}`);
    this.#assertUp();
    if (this.adoptRefusal !== undefined) throw this.adoptRefusal;
    return this.unlisted.has(uid);
  }

  async updatePod(update: PodUpdate): Promise<void> {
    const { uid, generation } = update.pod.metadata;
    this.calls.push(`update ${uid} ${generation}`);
    this.#assertUp();
    if (this.updateRefusal !== undefined) throw this.updateRefusal;
    this.updates.push(update);
    const known = this.#log.get(uid);
    if (known !== undefined) this.#log.put({ ...known, status: { ...known.status, observedGeneration: generation } });
  }

  async deletePod(uid: string, gracePeriodSeconds: number): Promise<void> {
    this.calls.push(`delete ${uid} ${gracePeriodSeconds}`);
    this.#assertUp();
  }

  async updateVolumes(uid: string, volumes: ReadonlyArray<ResolvedVolume>): Promise<void> {
    this.#assertUp();
    if (!this.holds(uid)) throw new InterLinkError('not_found', `No pod ${uid} here`);
    const files = volumes.flatMap((volume) => volume.files);
    this.calls.push(
      `files ${uid} ${files.map(({ path, data }) => `${path}=${Buffer.from(data, 'base64')}`).join(',')}`,
    );
  }

  async *watchPods(options: { cursor?: string | undefined; signal: AbortSignal }): AsyncGenerator<StreamRecord> {
    this.#assertUp();
    const cut = this.#cut.signal;
    const subscription = this.#log.subscribe(options.cursor);
    for await (const batch of subscription.batches(AbortSignal.any([options.signal, cut]))) yield* batch;
    options.signal.throwIfAborted();
    cut.throwIfAborted();
  }

  async logs(): Promise<AsyncIterable<Uint8Array>> {
    throw new InterLinkError('unimplemented', 'not asked for');
  }

  #assertUp(): void {
    if (this.#isDown) throw new InterLinkError('unavailable', 'connect ECONNREFUSED');
  }
}
