/**
 * Kubernetes objects as they are on the wire. The shapes are those of `@kubernetes/client-node` (types only, nothing of it is
 * loaded); its `Date` fields are strings here because that is what JSON carries.
 */
import type * as k8s from '@kubernetes/client-node';

/** `T` with every `Date`, at any depth, as the RFC 3339 string that the API sends. */
export type Raw<T> = T extends Date
  ? string
  : T extends readonly (infer E)[]
    ? Raw<E>[]
    : T extends object
      ? { [K in keyof T]: Raw<T[K]> }
      : T;

export type ObjectMeta = Raw<k8s.V1ObjectMeta>;
export type OwnerReference = Raw<k8s.V1OwnerReference>;

/** What every object of the API has. Objects that come from `KubeClient` always carry `apiVersion` and `kind`, list items included. */
export type KubeObject = { apiVersion?: string; kind?: string; metadata?: ObjectMeta };

export type Pod = Raw<k8s.V1Pod>;
export type PodSpec = Raw<k8s.V1PodSpec>;
export type PodStatus = Raw<k8s.V1PodStatus>;
export type PodCondition = Raw<k8s.V1PodCondition>;
export type PodIP = Raw<k8s.V1PodIP>;
export type PodSecurityContext = Raw<k8s.V1PodSecurityContext>;
export type Container = Raw<k8s.V1Container>;
export type EphemeralContainer = Raw<k8s.V1EphemeralContainer>;
export type ContainerPort = Raw<k8s.V1ContainerPort>;
export type ContainerStatus = Raw<k8s.V1ContainerStatus>;
export type ContainerState = Raw<k8s.V1ContainerState>;
export type ContainerStateWaiting = Raw<k8s.V1ContainerStateWaiting>;
export type ContainerStateRunning = Raw<k8s.V1ContainerStateRunning>;
export type ContainerStateTerminated = Raw<k8s.V1ContainerStateTerminated>;
export type SecurityContext = Raw<k8s.V1SecurityContext>;
export type ResourceRequirements = Raw<k8s.V1ResourceRequirements>;
export type Probe = Raw<k8s.V1Probe>;
export type Lifecycle = Raw<k8s.V1Lifecycle>;
export type LifecycleHandler = Raw<k8s.V1LifecycleHandler>;
export type Toleration = Raw<k8s.V1Toleration>;

export type EnvVar = Raw<k8s.V1EnvVar>;
export type EnvVarSource = Raw<k8s.V1EnvVarSource>;
export type EnvFromSource = Raw<k8s.V1EnvFromSource>;
export type ObjectFieldSelector = Raw<k8s.V1ObjectFieldSelector>;
export type ResourceFieldSelector = Raw<k8s.V1ResourceFieldSelector>;
export type KeyToPath = Raw<k8s.V1KeyToPath>;
export type Volume = Raw<k8s.V1Volume>;
export type VolumeMount = Raw<k8s.V1VolumeMount>;
export type VolumeProjection = Raw<k8s.V1VolumeProjection>;

export type Node = Raw<k8s.V1Node>;
export type NodeSpec = Raw<k8s.V1NodeSpec>;
export type NodeStatus = Raw<k8s.V1NodeStatus>;
export type NodeCondition = Raw<k8s.V1NodeCondition>;
export type NodeAddress = Raw<k8s.V1NodeAddress>;
export type NodeSystemInfo = Raw<k8s.V1NodeSystemInfo>;
export type Taint = Raw<k8s.V1Taint>;
export type Lease = Raw<k8s.V1Lease>;

export type ConfigMap = Raw<k8s.V1ConfigMap>;
export type Secret = Raw<k8s.V1Secret>;
/** The same in each version of its API. */
export type ClusterTrustBundle = Raw<k8s.V1beta1ClusterTrustBundle>;
export type Service = Raw<k8s.V1Service>;
export type ServiceAccount = Raw<k8s.V1ServiceAccount>;
export type Namespace = Raw<k8s.V1Namespace>;
export type PersistentVolume = Raw<k8s.V1PersistentVolume>;
export type PersistentVolumeClaim = Raw<k8s.V1PersistentVolumeClaim>;

/** A `v1` Event, the form that `kubectl describe` reads. */
export type CoreEvent = Raw<k8s.CoreV1Event>;

export type SubjectAccessReview = Raw<k8s.V1SubjectAccessReview>;
export type SelfSubjectAccessReview = Raw<k8s.V1SelfSubjectAccessReview>;
export type SelfSubjectReview = Raw<k8s.V1SelfSubjectReview>;
export type TokenReview = Raw<k8s.V1TokenReview>;
export type TokenRequest = Raw<k8s.AuthenticationV1TokenRequest>;
export type CertificateSigningRequest = Raw<k8s.V1CertificateSigningRequest>;

/** A `v1` Status: what the API answers instead of an object when a request fails. */
export type Status = Raw<k8s.V1Status>;
