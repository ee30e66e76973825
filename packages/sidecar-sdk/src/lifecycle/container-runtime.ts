import type { Duplex } from 'node:stream';
import type { InterLinkError, Owner, Pod, PodEvent } from '@interlink/protocol';
import type { DialAddress } from './actions/action-target.ts';

/**
 * What the lifecycle engine needs of whatever runs containers: a Docker Engine, a folder of processes. Thin: it does one thing at a
 * time and decides nothing. It is the only store; whatever `read` answers must be there after a restart of this process.
 */
export interface ContainerRuntime {
  /** One pod as it is now; undefined when nothing of it is there. */
  read(uid: string): Promise<RuntimePod | undefined>;
  /** One that can't be read holds up no other. */
  readAll(): Promise<Array<RuntimePod | UnreadablePod>>;

  /** Makes what containers share (network, host name) run. */
  startSandbox(pod: RuntimePod): Promise<void>;
  /** Makes what must be there before the first container is created, volumes above all. Called again until it succeeds. */
  prepare(pod: RuntimePod): Promise<void>;
  /**
   * Makes the next attempt to run a container, without starting it: the first from the pod's request, later ones like the one before.
   * An attempt that is there already is a success. @throws InterLinkError whose `reason` is the waiting reason, `ErrImagePull` say
   */
  create(order: CreateOrder): Promise<void>;
  /** One that runs already is a success. @throws InterLinkError when it can't be started; `read` then shows it as ended */
  start(pod: RuntimePod, attempt: Attempt): Promise<void>;
  /** Asks the attempt's process to end, by its stop signal. One that has ended is a success. */
  terminate(pod: RuntimePod, attempt: Attempt): Promise<void>;
  /** Ends it. One that has ended is a success. */
  kill(pod: RuntimePod, attempt: Attempt): Promise<void>;
  /** Removes an attempt that does not run any more, its log with it. */
  removeAttempt(pod: RuntimePod, attempt: Attempt): Promise<void>;
  /** Removes all that there is of a pod of which nothing runs any more; one that is gone is a success. Called again until it succeeds. */
  remove(pod: RuntimePod): Promise<void>;

  /** What the container left at its `terminationMessagePath`, at most 4096 bytes; with `logs` the end of its log instead. */
  terminationMessage(pod: RuntimePod, attempt: Attempt, source: 'file' | 'logs'): Promise<string>;
  /** Runs a command in a running container, for probes and hooks; output is both streams, cut at 10 KiB. */
  run(order: RunOrder): Promise<{ exitCode: number; output: string }>;
  /** A connection to a port of the pod, or to the host that its author names, for probes and hooks. */
  connect(pod: RuntimePod, address: DialAddress, signal: AbortSignal): Promise<Duplex>;
}

export interface CreateOrder {
  readonly pod: RuntimePod;
  readonly container: string;
  readonly attempt: number;
  /** To be kept with the attempt. */
  readonly failuresBefore: number;
  /** Tells an event of this container. */
  readonly tell: (event: EventText) => void;
  /** Aborts when the pod is to go. */
  readonly signal: AbortSignal;
}

export interface RunOrder {
  readonly pod: RuntimePod;
  readonly attempt: Attempt;
  readonly command: ReadonlyArray<string>;
  readonly signal: AbortSignal;
}

/** An event's words; whose it is, is added where it is told. */
export type EventText = Pick<PodEvent, 'type' | 'reason' | 'message'>;

/** A pod as its runtime holds it at one moment. */
export interface RuntimePod {
  readonly owner: Owner;
  /** Of the spec at least what the lifecycle reads: containers, policies, probes, hooks, grace periods. With updates applied. */
  readonly pod: Pod;
  /** When the runtime took it, RFC 3339. */
  readonly acceptedAt: string;
  /** `stopped`: to be started; `changing`: its next state is on the way; `lost`: removed by somebody else. */
  readonly sandbox: 'ready' | 'stopped' | 'changing' | 'lost';
  /** Since when the sandbox runs, RFC 3339: containers started before have lost their network. */
  readonly sandboxSince?: string | undefined;
  readonly ip?: string | undefined;
  /** It was asked to go. Milliseconds since the epoch; undefined: nobody remembers until when it has time. */
  readonly deletion?: { readonly killAtMs: number | undefined } | undefined;
  /** The runtime itself has ended the pod, and why: an eviction. */
  readonly failure?: { readonly reason: string; readonly message: string; readonly atMs: number } | undefined;
  /** Attempts that are not there can be made. False: the request was lost with a process, and its owner has to send it again. */
  readonly hasRequest: boolean;
  /** Containers that can be made without it: ephemeral ones, which came by themselves. */
  readonly requestedAlone?: ReadonlySet<string>;
  /** Of all containers, in any order; of each the newest that there are. */
  readonly attempts: ReadonlyArray<Attempt>;
}

/** A pod that is there and can't be read now: it is not gone, and nothing is known of how it is. */
export interface UnreadablePod {
  readonly owner: Owner;
  /** Of the spec as much as is known. */
  readonly pod: Pod;
  readonly unreadable: InterLinkError;
}

/** One try to run a container. A restart is a new one, with the next number. */
export interface Attempt {
  readonly container: string;
  readonly number: number;
  /** How many attempts in a row ended soon before this one: sets the back-off after it. */
  readonly failuresBefore: number;
  /** As in a container's status: `docker://…`. Different for every attempt of every container. */
  readonly id: string;
  /** As the pod's author wrote it. */
  readonly image: string;
  readonly imageId: string;
  readonly state: AttemptState;
}

/** Times are RFC 3339. */
export type AttemptState =
  | { readonly kind: 'created' }
  /** Taken, and not running yet. */
  | { readonly kind: 'starting' }
  | { readonly kind: 'running'; readonly startedAt: string }
  | { readonly kind: 'ended'; readonly ending: Ending };

/** How an attempt ended. */
export interface Ending {
  readonly exitCode: number;
  readonly signal?: number;
  /** Default: `Completed` for 0, else `Error`. `StartError`: it never ran. */
  readonly reason?: string;
  readonly message?: string;
  readonly startedAt?: string;
  readonly finishedAt: string;
}
