import Type, { type Static } from 'typebox';
import { parserOf } from './validate.ts';

/** What a sidecar's backend can do. The virtual kubelet refuses early, with a reason, what is not announced here. */
export const volumeTypes = [
  'configMap',
  'secret',
  'downwardAPI',
  'projected',
  'emptyDir',
  'hostPath',
  'persistentVolumeClaim',
] as const;
export const verbs = [
  'create',
  'delete',
  'list',
  'watch',
  'log',
  'exec',
  'attach',
  'portForward',
  'updateVolumes',
  'stats',
  'update',
  'render',
  'rendering',
] as const;

/** Of the answer to `GET /v2/capabilities`: how many requests the sidecar has made of what is behind it since it began. */
export const backendRequestsHeader = 'interlink-backend-requests';

const StringMap = Type.Record(Type.String(), Type.String());

/** https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/ */
export const PoolTaint = Type.Object({
  key: Type.String(),
  value: Type.Optional(Type.String()),
  effect: Type.Enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
});
export type PoolTaint = Static<typeof PoolTaint>;

export const Pool = Type.Object({
  name: Type.String(),
  /** Kubernetes quantities: `cpu`, `memory`, `pods`, `ephemeral-storage`, extended resources. */
  capacity: StringMap,
  labels: Type.Optional(StringMap),
  /** Of the node, beside those that others gave it. Absent: nobody speaks of them, and they stay; empty: those of the pool go. */
  taints: Type.Optional(Type.Array(PoolTaint)),
});
export type Pool = Static<typeof Pool>;

export const Capabilities = Type.Object({
  protocolVersions: Type.Array(Type.String()),
  backend: Type.Object({ kind: Type.String(), version: Type.String() }),
  verbs: Type.Array(Type.Enum([...verbs])),
  volumeTypes: Type.Array(Type.Enum([...volumeTypes])),
  /** True when the backend schedules by itself (Slurm): pods may wait there for long, and are never refused for lack of room. */
  queues: Type.Boolean(),
  pools: Type.Array(Pool),
  /** False when a restart of the sidecar forgets its pods (they were kept in memory only). Default true. */
  durable: Type.Optional(Type.Boolean()),
  /**
   * True when the backend itself ends pods past their `activeDeadlineSeconds`, and reports them failed for `DeadlineExceeded`. Default
   * false: their owner ends them.
   */
  enforcesDeadline: Type.Optional(Type.Boolean()),
  /** Sysctls that pods may set beside Kubernetes' safe ones; a star at the end of a name stands for any rest. Default: none. */
  unsafeSysctls: Type.Optional(Type.Array(Type.String())),
  /** True when it wants a kubeconfig, by which it acts in the cluster itself: `PUT …/kubeconfig`. Default: none is ever sent. */
  kubeconfig: Type.Optional(Type.Boolean()),
  /** What an administrator should know: `images are ignored`, `nothing is isolated`. */
  warnings: Type.Optional(Type.Array(Type.String())),
});
export type Capabilities = Static<typeof Capabilities>;

const parse = parserOf(Capabilities, 'capabilities');

/** @throws InterLinkError `invalid_argument` */
export function parseCapabilities(told: unknown): Capabilities {
  return parse(withoutUnknown(told));
}

/** Verbs and types of volumes that a later release has are left out: nobody here would use them, and the rest is as good as before. */
export function withoutUnknown(told: unknown): unknown {
  if (typeof told !== 'object' || told === null) return told;
  const known: Record<string, unknown> = { ...told };
  for (const [key, names] of Object.entries({ verbs, volumeTypes })) {
    const list = known[key];
    if (Array.isArray(list)) {
      known[key] = list.filter((name) => typeof name !== 'string' || (names as ReadonlyArray<string>).includes(name));
    }
  }
  return known;
}
