import Type, { type Static } from 'typebox';
import { ContainerStatus } from '../pod/pod-report.ts';
import { Pod } from '../pod/pod-spec.ts';

/**
 * The messages of protocol v1, as plugins and virtual kubelets in the field write them. Go writes `null` for an empty list
 * and for an unset time: {@link ../v1/drop-nulls.ts} goes over every message before these schemas do.
 */
const ObjectMeta = Type.Object({ name: Type.String(), namespace: Type.Optional(Type.String()) });
const StringMap = Type.Record(Type.String(), Type.String());

export const V1ConfigMap = Type.Object({
  metadata: ObjectMeta,
  data: Type.Optional(StringMap),
  binaryData: Type.Optional(StringMap),
});
export type V1ConfigMap = Static<typeof V1ConfigMap>;

export const V1Secret = Type.Object({
  metadata: ObjectMeta,
  data: Type.Optional(StringMap),
  stringData: Type.Optional(StringMap),
});
export type V1Secret = Static<typeof V1Secret>;

/** Virtual kubelet to InterLink, `/create`. */
export const PodCreateRequests = Type.Object({
  pod: Pod,
  configmaps: Type.Optional(Type.Array(V1ConfigMap)),
  secrets: Type.Optional(Type.Array(V1Secret)),
  /** `metadata.name` is the volume's name, `data` is path to content. */
  projectedvolumesmaps: Type.Optional(Type.Array(V1ConfigMap)),
  jobscriptURL: Type.Optional(Type.String()),
});
export type PodCreateRequests = Static<typeof PodCreateRequests>;

/** What one container mounts, InterLink to sidecar. `projectedvolumemaps` is spelled differently from the first hop. */
export const RetrievedContainer = Type.Object({
  name: Type.String(),
  configMaps: Type.Optional(Type.Array(V1ConfigMap)),
  projectedvolumemaps: Type.Optional(Type.Array(V1ConfigMap)),
  secrets: Type.Optional(Type.Array(V1Secret)),
  emptyDirs: Type.Optional(Type.Array(Type.String())),
});
export type RetrievedContainer = Static<typeof RetrievedContainer>;

/** InterLink to sidecar, `/create`. */
export const RetrievedPodData = Type.Object({
  pod: Pod,
  container: Type.Optional(Type.Array(RetrievedContainer)),
  jobScript: Type.Optional(Type.String()),
  /** What the administrator has configured for whoever makes the job's script. */
  jobConfig: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
});
export type RetrievedPodData = Static<typeof RetrievedPodData>;

export const CreateStruct = Type.Object({ PodUID: Type.String(), PodJID: Type.String() });
export type CreateStruct = Static<typeof CreateStruct>;

export const V1PodStatus = Type.Object({
  name: Type.String(),
  UID: Type.String(),
  namespace: Type.String(),
  JID: Type.Optional(Type.String()),
  containers: Type.Optional(Type.Array(ContainerStatus)),
  initContainers: Type.Optional(Type.Array(ContainerStatus)),
});
export type V1PodStatus = Static<typeof V1PodStatus>;

export const LogStruct = Type.Object({
  Namespace: Type.String(),
  PodUID: Type.String(),
  PodName: Type.String(),
  ContainerName: Type.String(),
  Opts: Type.Optional(
    Type.Object({
      Tail: Type.Optional(Type.Integer()),
      Bytes: Type.Optional(Type.Integer()),
      Timestamps: Type.Optional(Type.Boolean()),
      Follow: Type.Optional(Type.Boolean()),
      Previous: Type.Optional(Type.Boolean()),
      SinceSeconds: Type.Optional(Type.Integer()),
      SinceTime: Type.Optional(Type.String()),
    }),
  ),
});
export type LogStruct = Static<typeof LogStruct>;
