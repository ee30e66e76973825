import type { Duplex } from 'node:stream';
import type {
  AttachOptions,
  Capabilities,
  DeliveredKubeconfig,
  ExecOptions,
  LogOptions,
  NodeStats,
  PodRequest,
  PodUpdate,
  RemoteCommand,
  ResolvedVolume,
  StreamRecord,
} from '@interlink/protocol';

/**
 * What runs the pods. `PodClient` of the protocol package is one: InterLink or a sidecar over HTTP. Any object with these
 * methods will do. Failures are InterLinkError.
 */
export interface Provider {
  capabilities(signal?: AbortSignal): Promise<Capabilities>;
  /** Idempotent by UID. Resolves once the backend has the pod. */
  createPod(request: PodRequest, signal?: AbortSignal): Promise<void>;
  /** Takes over a pod that runs already, and never starts one; false when the backend has no such pod. Without it, a pod that is not listed is lost. */
  adoptPod?(request: PodRequest, signal?: AbortSignal): Promise<boolean>;
  /** Tells of a changed spec. Resolves once the backend acts on this generation, or on a newer one. Without it, running pods stay as they are. */
  updatePod?(update: PodUpdate, signal?: AbortSignal): Promise<void>;
  /** Resolves once the backend has accepted it; an unknown UID is a success. */
  deletePod(uid: string, gracePeriodSeconds: number, signal?: AbortSignal): Promise<void>;
  /**
   * New files for volumes of a pod, each volume whole. Resolves once containers see them; idempotent. Without it pods keep the
   * files that they were created with, and their tokens expire.
   */
  updateVolumes?(uid: string, volumes: ReadonlyArray<ResolvedVolume>, signal?: AbortSignal): Promise<void>;
  /** What it may act by in the cluster; only for one whose capabilities ask for that. Replaces the one before; idempotent. */
  putKubeconfig?(kubeconfig: DeliveredKubeconfig, signal?: AbortSignal): Promise<void>;
  /** Takes it away again; that there is none is a success. */
  deleteKubeconfig?(signal?: AbortSignal): Promise<void>;
  /** A snapshot, then changes as they happen; with a cursor of an earlier record it goes on after that one. */
  watchPods(options: { cursor?: string | undefined; signal: AbortSignal }): AsyncIterable<StreamRecord>;
  logs(uid: string, container: string, options: LogOptions, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  /** Runs a command in a running container. The signal hangs up on it, as `close()` does. Without it, the node has no exec. */
  exec?(uid: string, container: string, options: ExecOptions, signal: AbortSignal): Promise<RemoteCommand>;
  /** Connects to the streams of a running container's own process. The signal leaves it, as `close()` does. */
  attach?(uid: string, container: string, options: AttachOptions, signal: AbortSignal): Promise<RemoteCommand>;
  /** One TCP connection to a port of a running pod: `end()` half-closes it, `destroy()` and the signal close it. */
  portForward?(uid: string, port: number, signal: AbortSignal): Promise<Duplex>;
  /** What the pods use, measured a few seconds ago at most; without it, or with `unimplemented`, nobody knows. */
  stats?(signal?: AbortSignal): Promise<NodeStats>;
}

/** What a provider may leave out: the node then answers that it has none of it. */
export type PodStreams = Pick<Provider, 'exec' | 'attach' | 'portForward'>;
