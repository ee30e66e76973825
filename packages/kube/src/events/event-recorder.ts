import type { KubeClient } from '../client/kube-client.ts';
import { isAlreadyExists, isNotFound, KubeStatusError } from '../client/kube-errors.ts';
import { WorkQueue } from '../queue/work-queue.ts';
import { events } from '../resource-type.ts';
import { sleep } from '../sleep.ts';
import type { CoreEvent } from '../types.ts';
import { EventCorrelator, type Happening, type Observation } from './event-correlator.ts';
import { LruCache } from './lru-cache.ts';
import type { ObjectReference } from './object-reference.ts';

/** Events that wait to be written; more are dropped. As client-go. */
const MAX_PENDING = 1000;
/** Tries to write one event when the API cannot be reached. As client-go. */
const MAX_TRIES = 12;
/** Few, so that events never get in the way of a status. */
const CONCURRENCY = 2;
/** Longer messages are cut: a thousand of them may be waiting here. */
const MAX_MESSAGE_BYTES = 4096;
const FLUSH_POLL_MS = 20;

export interface EventRecorderOptions {
  client: Pick<KubeClient, 'create' | 'patch'>;
  /** Who tells: `kubelet`. */
  component: string;
  /** The node's name. */
  host: string;
  /** Milliseconds since the epoch. Default `Date.now`. */
  now?: () => number;
  /** Told of events that were dropped because the API refused them or could not be reached. */
  onTrouble?(err: Error): void;
}

/** Writes events for `kubectl describe` and `kubectl get events`: best effort, in the background, in moderation. */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #correlator: EventCorrelator;
  readonly #pending = new Map<string, Observation>();
  /** Keys of the events that the API has. */
  readonly #written = new LruCache<true>(4096);
  readonly #tries = new Map<string, number>();
  readonly #queue: WorkQueue;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#correlator = new EventCorrelator(options.now ?? Date.now);
    this.#queue = new WorkQueue({
      concurrency: CONCURRENCY,
      process: (key, signal) => this.#write(key, signal),
      backoff: { baseMs: 1_000, maxMs: 10_000 },
    });
  }

  /** Tells of something. Never throws, never waits; the same thing told again is counted. */
  record(ref: ObjectReference, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#record({ ref, type, reason, message });
  }

  /** The same recorder, telling as another node. */
  forHost(host: string): Pick<EventRecorder, 'record'> {
    return { record: (ref, type, reason, message) => this.#record({ ref, type, reason, message, host }) };
  }

  #record(happening: Happening): void {
    const message = cutToBytes(happening.message, MAX_MESSAGE_BYTES);
    const observation = this.#correlator.observe({ ...happening, message });
    if (observation === undefined) return;
    if (this.#pending.size >= MAX_PENDING && !this.#pending.has(observation.key)) return;
    this.#pending.set(observation.key, observation);
    this.#queue.add(observation.key);
  }

  /** Writes events until aborted. What is still pending then is lost: `flush` before. */
  run(signal: AbortSignal): Promise<void> {
    return this.#queue.run(signal);
  }

  /** Resolves when all events told so far are written, or when `timeoutMs` is over. Only of use while `run` runs. */
  async flush(timeoutMs: number): Promise<void> {
    const until = performance.now() + timeoutMs;
    while (this.#pending.size > 0 && performance.now() < until) await sleep(FLUSH_POLL_MS);
  }

  async #write(key: string, signal: AbortSignal): Promise<void> {
    const observation = this.#pending.get(key);
    if (observation === undefined) return;
    try {
      await this.#send(observation, signal);
      this.#written.set(key, true);
    } catch (err) {
      if (signal.aborted) return;
      const tries = (this.#tries.get(key) ?? 0) + 1;
      if (tries < MAX_TRIES && !isFinal(err)) {
        this.#tries.set(key, tries);
        throw err;
      }
      // Nobody will miss an event in a namespace that is gone.
      if (!isNamespaceGone(err)) this.#options.onTrouble?.(err as Error);
    }
    this.#tries.delete(key);
    // Told again meanwhile: the queue holds the key once more.
    if (this.#pending.get(key) === observation) this.#pending.delete(key);
  }

  async #send(observation: Observation, signal: AbortSignal): Promise<void> {
    const { client } = this.#options;
    const namespace = observation.ref.namespace ?? 'default';
    if (this.#written.get(observation.key) === true) {
      const { count, message } = observation;
      const patch = { count, message, lastTimestamp: timestamp(observation.lastAt) };
      try {
        await client.patch(events, { namespace, name: observation.name }, patch, { kind: 'strategic-merge', signal });
        return;
      } catch (err) {
        // The API keeps events for an hour.
        if (!isNotFound(err)) throw err;
      }
    }
    try {
      await client.create(events, { namespace }, this.#toEvent(observation, namespace), { signal });
    } catch (err) {
      // An earlier try did arrive; only its answer was lost.
      if (!isAlreadyExists(err)) throw err;
    }
  }

  #toEvent(observation: Observation, namespace: string): CoreEvent {
    const { component } = this.#options;
    const { host = this.#options.host } = observation;
    const { ref, type, reason, message, name, count, firstAt, lastAt } = observation;
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace },
      involvedObject: ref,
      reason,
      message,
      type,
      source: { component, host },
      reportingComponent: component,
      reportingInstance: host,
      firstTimestamp: timestamp(firstAt),
      lastTimestamp: timestamp(lastAt),
      count,
    };
  }
}

/** The API answered and will not answer otherwise next time. */
function isFinal(err: unknown): boolean {
  return err instanceof KubeStatusError && err.code !== 429 && err.code < 500;
}

function isNamespaceGone(err: unknown): boolean {
  const causes = err instanceof KubeStatusError ? (err.status?.details?.causes ?? []) : [];
  return isNotFound(err) || causes.some(({ reason }) => reason === 'NamespaceTerminating');
}

/** Kubernetes' `metav1.Time`: whole seconds. */
function timestamp(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

function cutToBytes(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  return bytes.length <= maxBytes
    ? text
    : bytes
        .subarray(0, maxBytes)
        .toString('utf8')
        .replace(/\uFFFD+$/, '');
}
