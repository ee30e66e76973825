import Type, { type Static } from 'typebox';
import { LabelName, SubdomainName, Uid } from '../names.ts';
import { ContainerPort, Lifecycle, Probe } from './probe.ts';

/**
 * What of a pod's metadata and spec crosses the wire. The names are Kubernetes' own
 * (https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/). Fields that no schema names pass through
 * untouched: a sidecar of tomorrow may use what this release does not know.
 */
const Quantity = Type.String({ pattern: '^[+-]?[0-9.]+([eE][+-]?[0-9]+|[numkMGTPE]i?|[KMGTPE]i)?$' });
const ResourceList = Type.Record(Type.String(), Quantity);
const StringMap = Type.Record(Type.String(), Type.String());
const Anything = Type.Record(Type.String(), Type.Unknown());
/** Goes into a line of a pod's /etc/hosts or resolv.conf. */
const Word = Type.String({ pattern: '^[^\\s\\u0000]*$' });
const Words = Type.Array(Word);

/** A resolved variable: the virtual kubelet has already read every `valueFrom` and expanded every `$(VAR)`. */
export const EnvVar = Type.Object({
  name: Type.String({ pattern: '^[ -<>-~]+$' }),
  value: Type.Optional(Type.String({ pattern: '^[^\\u0000]*$' })),
});
export type EnvVar = Static<typeof EnvVar>;

export const VolumeMount = Type.Object({
  name: LabelName,
  mountPath: Type.String({ pattern: '^/[^\\u0000:]*$' }),
  readOnly: Type.Optional(Type.Boolean()),
  subPath: Type.Optional(Type.String()),
  mountPropagation: Type.Optional(Type.String()),
  recursiveReadOnly: Type.Optional(Type.String()),
  /** Expanded into `subPath` by the virtual kubelet: a backend that meets one refuses it. */
  subPathExpr: Type.Optional(Type.String()),
});
export type VolumeMount = Static<typeof VolumeMount>;

export const Container = Type.Object({
  name: LabelName,
  image: Type.Optional(Type.String({ maxLength: 2048 })),
  command: Type.Optional(Type.Array(Type.String())),
  args: Type.Optional(Type.Array(Type.String())),
  workingDir: Type.Optional(Type.String()),
  env: Type.Optional(Type.Array(EnvVar)),
  ports: Type.Optional(Type.Array(ContainerPort)),
  resources: Type.Optional(Type.Object({ limits: Type.Optional(ResourceList), requests: Type.Optional(ResourceList) })),
  volumeMounts: Type.Optional(Type.Array(VolumeMount)),
  volumeDevices: Type.Optional(Type.Array(Anything)),
  imagePullPolicy: Type.Optional(Type.Enum(['Always', 'IfNotPresent', 'Never'])),
  restartPolicy: Type.Optional(Type.String()),
  startupProbe: Type.Optional(Probe),
  livenessProbe: Type.Optional(Probe),
  readinessProbe: Type.Optional(Probe),
  lifecycle: Type.Optional(Lifecycle),
  terminationMessagePath: Type.Optional(Type.String()),
  terminationMessagePolicy: Type.Optional(Type.String()),
  stdin: Type.Optional(Type.Boolean()),
  stdinOnce: Type.Optional(Type.Boolean()),
  tty: Type.Optional(Type.Boolean()),
  securityContext: Type.Optional(Anything),
});
export type Container = Static<typeof Container>;

/** A container added to a pod that runs, to look into it: https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/ */
export const EphemeralContainer = Type.Intersect([
  Container,
  /** Whose processes it sees. */
  Type.Object({ targetContainerName: Type.Optional(Type.String()) }),
]);
export type EphemeralContainer = Static<typeof EphemeralContainer>;

/** A volume as declared. Files of configMap, secret, downwardAPI and projected volumes travel beside the pod, already resolved. */
export const Volume = Type.Object({
  name: LabelName,
  emptyDir: Type.Optional(Type.Object({ medium: Type.Optional(Type.String()), sizeLimit: Type.Optional(Quantity) })),
  configMap: Type.Optional(Anything),
  secret: Type.Optional(Anything),
  projected: Type.Optional(Anything),
  downwardAPI: Type.Optional(Anything),
  hostPath: Type.Optional(Anything),
  persistentVolumeClaim: Type.Optional(Anything),
});
export type Volume = Static<typeof Volume>;

export const PodSpec = Type.Object({
  containers: Type.Array(Container, { minItems: 1 }),
  initContainers: Type.Optional(Type.Array(Container)),
  ephemeralContainers: Type.Optional(Type.Array(EphemeralContainer)),
  volumes: Type.Optional(Type.Array(Volume)),
  restartPolicy: Type.Optional(Type.Enum(['Always', 'OnFailure', 'Never'])),
  terminationGracePeriodSeconds: Type.Optional(Type.Integer({ minimum: 0 })),
  activeDeadlineSeconds: Type.Optional(Type.Integer({ minimum: 1 })),
  hostname: Type.Optional(LabelName),
  subdomain: Type.Optional(LabelName),
  nodeName: Type.Optional(SubdomainName),
  /** Replaces the name, the subdomain and all. */
  hostnameOverride: Type.Optional(SubdomainName),
  setHostnameAsFQDN: Type.Optional(Type.Boolean()),
  hostAliases: Type.Optional(Type.Array(Type.Object({ ip: Word, hostnames: Type.Optional(Words) }))),
  dnsPolicy: Type.Optional(Type.Enum(['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'])),
  dnsConfig: Type.Optional(
    Type.Object({
      nameservers: Type.Optional(Words),
      searches: Type.Optional(Words),
      options: Type.Optional(Type.Array(Type.Object({ name: Type.Optional(Word), value: Type.Optional(Word) }))),
    }),
  ),
  runtimeClassName: Type.Optional(Type.String()),
  shareProcessNamespace: Type.Optional(Type.Boolean()),
  hostNetwork: Type.Optional(Type.Boolean()),
  hostPID: Type.Optional(Type.Boolean()),
  hostIPC: Type.Optional(Type.Boolean()),
  serviceAccountName: Type.Optional(Type.String()),
  securityContext: Type.Optional(Anything),
});
export type PodSpec = Static<typeof PodSpec>;

export const PodMetadata = Type.Object({
  name: SubdomainName,
  namespace: LabelName,
  uid: Uid,
  labels: Type.Optional(StringMap),
  annotations: Type.Optional(StringMap),
  generation: Type.Optional(Type.Integer()),
  creationTimestamp: Type.Optional(Type.String()),
});
export type PodMetadata = Static<typeof PodMetadata>;

export const Pod = Type.Object({ metadata: PodMetadata, spec: PodSpec });
export type Pod = Static<typeof Pod>;
