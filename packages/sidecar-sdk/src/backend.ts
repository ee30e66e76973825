import type { Duplex } from 'node:stream';
import type {
  AttachOptions,
  Capabilities,
  ExecOptions,
  LogOptions,
  NodeStats,
  Owner,
  PodEvent,
  PodReport,
  PodRequest,
  PodUpdate,
  RemoteCommand,
  Rendering,
  ResolvedVolume,
} from '@interlink/protocol';

/** Which pod: the UID identifies it, owner and names are for humans and for labels at the backend. */
export interface PodReference {
  readonly owner: Owner;
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
}

/** A report together with whose pod it is. */
export interface OwnedReport {
  readonly owner: Owner;
  readonly report: PodReport;
}

/** Where a backend tells what happened. */
export interface News {
  /** A pod's newest state, whole. */
  report(news: OwnedReport): void;
  /** The backend no longer holds the pod. */
  gone(uid: string): void;
  /** Something worth a Kubernetes event: `Pulled`, `Started`, `Failed`, … */
  event(uid: string, event: PodEvent): void;
  /** Something was missed: list again now. */
  relist(): void;
}

/**
 * What a sidecar's author writes. The SDK does HTTP, authentication, validation, idempotency, streams, both protocol
 * generations, health, metrics and shutdown; it calls `create`, `update` and `delete` for one pod never at the same time.
 * The backend is the only store: whatever these methods answer must come from it, so that a restart loses nothing.
 * Failures are thrown as InterLinkError; anything else thrown counts as `internal`.
 */
export interface Backend {
  /** What it can do and how much of it there is. */
  capabilities(): Promise<Capabilities>;

  /** Every pod that the backend holds, of all owners. Called at start, now and then, and after `relist`. */
  list(): Promise<OwnedReport[]>;

  /**
   * Makes the pod run, or takes up where an earlier call was cut off: called again with the same UID it must not run anything
   * twice. Resolves once the backend durably knows the pod; what takes long (pulling an image) goes on behind it.
   * @returns the pod's first report
   * @throws InterLinkError `failed_precondition` for what this backend can never do, `unavailable` when it can't be reached
   */
  create(request: PodRequest, owner: Owner): Promise<PodReport>;

  /**
   * For a backend that can't list all of its pods (a v1 plugin, or one whose record of a pod can't be read now): looks whether it runs this
   * one, and knows it from then on. It never starts anything. @returns undefined when the backend has no such pod
   */
  adopt?(request: PodRequest, owner: Owner): Promise<PodReport | undefined>;

  /**
   * Acts on a changed spec; verb `update`. Starts ephemeral containers that it does not have yet, gives containers that run other
   * resources, and replaces by a new one, with the environment of the old, each whose image is another. It is asked only for pods that
   * it has reported, and never for a generation below the `observedGeneration` of their reports; called again with the same one it must
   * not do anything twice.
   * @returns the pod's report, with this generation as its `observedGeneration`
   * @throws InterLinkError `failed_precondition` for what this backend can never do. Resources are an exception: why they are not in
   * force stands in the report's `resize`
   */
  update?(update: PodUpdate, owner: Owner): Promise<PodReport>;

  /**
   * Ends the pod: TERM now, KILL after the grace period, then everything of it goes. Resolves once the backend has taken the
   * order; the end itself comes as news. A pod that the backend does not hold is a success. Called again, it may shorten the
   * grace period.
   */
  delete(pod: PodReference, gracePeriodSeconds: number): Promise<void>;

  /**
   * For a backend that can't list all of its pods (a v1 plugin, say): ends what an earlier create may have made of a pod that it has not reported, and
   * whatever of it turns up later. One that it was never asked for is a success, and so is another owner's.
   */
  deleteUnreported?(pod: Pick<PodReference, 'owner' | 'uid'>): Promise<void>;

  /**
   * Gives volumes of a pod new files, each volume whole: a file that is not listed goes; verb `updateVolumes`. Called for one pod
   * never beside its `create` or `delete`. Containers see all of the old files or all of the new ones, and resolves once it is
   * the new ones; called again with the same it changes nothing.
   * @throws InterLinkError `invalid_argument` for a volume of files that the pod does not have, `unavailable` when it must be tried again
   */
  updateVolumes?(pod: PodReference, volumes: ReadonlyArray<ResolvedVolume>): Promise<void>;

  /**
   * What a create of this pod would have the backend do, for people to read; verb `render`. Nothing is done, and what a create would
   * refuse is refused in the same words.
   */
  render?(request: PodRequest, owner: Owner): Promise<Rendering>;

  /**
   * What the backend was given for a pod that it holds, for people to read; verb `rendering`. It holds no secrets: whoever may read the
   * pod's logs may read it.
   */
  rendering?(pod: PodReference): Promise<Rendering>;

  /** A container's log. The SDK cuts it at `limitBytes`; all other options are the backend's. @throws InterLinkError `not_found` */
  logs(
    pod: PodReference,
    container: string,
    options: LogOptions,
    signal: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array>>;

  /**
   * Runs a command in a container that the SDK last saw running; verb `exec`. Its `stdin` says when it is full, so that input
   * which the command does not read is not kept without end. `close()` hangs up on it, as does the signal, which aborts when the
   * caller leaves before this resolves. A program that is not there is an end with error `not_found`.
   * @throws InterLinkError `failed_precondition` for what this backend can't do (`tty`, say)
   */
  exec?(pod: PodReference, container: string, options: ExecOptions, signal: AbortSignal): Promise<RemoteCommand>;

  /** Connects to the streams of the container's own process; verb `attach`. `close()` leaves it running. */
  attach?(pod: PodReference, container: string, options: AttachOptions, signal: AbortSignal): Promise<RemoteCommand>;

  /**
   * Opens a TCP connection to a port inside the pod; verb `portForward`. Its `end()` half-closes, its end is the pod's.
   * @throws InterLinkError `unavailable` when nothing can be reached there
   */
  portForward?(pod: PodReference, port: number, signal: AbortSignal): Promise<Duplex>;

  /**
   * What the owner's pods use, and the machines behind them; verb `stats`. Called at most once in two seconds for an owner, however
   * many ask. What is not measured yet is left out, never 0; counters never go back while a container runs.
   */
  stats?(owner: Owner): Promise<NodeStats>;

  /**
   * How many requests it has made of what is behind it since it began, Slurm's commands or calls of an engine: whoever runs that can see in
   * InterLink's pages what is asked of it.
   */
  readonly requestsMade?: number;

  /**
   * Where the owner's kubeconfig is: a file of this account's own, mode 0600, replaced as a whole. Called when there is one, at start for
   * those that are there, and with each newer one; the path stays the same, so that whoever reads the file anew has a token that is valid.
   * Undefined: there is none any more. For backends that announce `kubeconfig` in their capabilities; without it none is taken.
   */
  kubeconfig?(owner: Owner, path: string | undefined): Promise<void>;

  /** Tells what happens as it happens, until the signal aborts; called again when it returns or throws. Without it the SDK lists every two seconds. */
  watch?(news: News, signal: AbortSignal): Promise<void>;
}
