import type { PodState as ReportedState } from '@interlink/interlink';

/** As Kubernetes has them; `Terminating` is a pod that is being deleted, whatever its phase. */
export const clusterStates = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown', 'Terminating'] as const;
export type ClusterState = (typeof clusterStates)[number];

export type PodCounts<State extends string> = Readonly<Record<State, number>>;

export interface PendingPod {
  readonly namespace: string;
  readonly name: string;
  /** Undefined: no node was chosen yet. */
  readonly node: string | undefined;
  /** RFC 3339; undefined where nobody says. */
  readonly since: string | undefined;
  /** Why it is not running, by whoever knows it best. */
  readonly reason: string;
}

/** A virtual node, as the Kubernetes API has it. */
export interface NodeStatus {
  readonly name: string;
  /** `Ready`, or the reason why not. */
  readonly state: string;
  /** The message of the condition InterLinkConnectivity; undefined: the node has none. */
  readonly backend: string | undefined;
  /** `docker://20.10.24`. */
  readonly runtime: string;
  readonly capacity: Readonly<Record<string, string>>;
  /** When its virtual kubelet last renewed its lease, which it does every 10 s; RFC 3339. Undefined: that can't be read. */
  readonly heardAt: string | undefined;
  readonly pods: PodCounts<ClusterState>;
}

export interface ClusterStatus {
  readonly nodes: ReadonlyArray<NodeStatus>;
  /** Pods that tolerate a virtual node and have none yet; undefined: that can't be read. */
  readonly unscheduled: number | undefined;
  readonly oldestPending: PendingPod | undefined;
}

export interface PoolStatus {
  readonly name: string;
  readonly capacity: Readonly<Record<string, string>>;
}

/** InterLink, or a sidecar. */
export interface PeerStatus {
  readonly name: string;
  readonly url: string;
  /** Why it gives no answer that is of use; undefined: it does. */
  readonly trouble: string | undefined;
  readonly protocols: ReadonlyArray<string>;
  /** `slurm 24.11`; undefined: it speaks protocol v1, which does not say. */
  readonly backend: string | undefined;
  readonly pools: ReadonlyArray<PoolStatus>;
  /** What it tells administrators. */
  readonly warnings: ReadonlyArray<string>;
}

/** The pods of one virtual node, as the backend has them. */
export interface OwnerStatus {
  /** `CLUSTER/NODE`. */
  readonly owner: string;
  readonly trouble: string | undefined;
  /** When InterLink last told of them; RFC 3339. */
  readonly heardAt: string | undefined;
  readonly pods: PodCounts<ReportedState>;
}

export interface SiteStatus {
  readonly peers: ReadonlyArray<PeerStatus>;
  readonly owners: ReadonlyArray<OwnerStatus>;
  readonly oldestPending: PendingPod | undefined;
}

/** What `interlink status` shows, and its `-o json`. */
export interface StatusReport {
  /** RFC 3339. */
  readonly at: string;
  /** The InterLink file; undefined: there is none. */
  readonly configuration: string | undefined;
  /** Undefined: this is not the cluster side, or there is no way to the cluster. */
  readonly cluster: ClusterStatus | undefined;
  /** Undefined: this is not the site side. */
  readonly site: SiteStatus | undefined;
  /** What could not be looked at, and why. */
  readonly notes: ReadonlyArray<string>;
}
