/** The kinds we talk about, one table row each, and the URL paths that follow from a row. */
import type {
  CertificateSigningRequest,
  ClusterTrustBundle,
  ConfigMap,
  CoreEvent,
  KubeObject,
  Lease,
  Namespace,
  Node,
  PersistentVolume,
  PersistentVolumeClaim,
  Pod,
  Secret,
  SelfSubjectAccessReview,
  SelfSubjectReview,
  Service,
  ServiceAccount,
  SubjectAccessReview,
  TokenRequest,
  TokenReview,
} from './types.ts';

/** Where a kind lives in the API. `group` is empty for the core group; `resource` is the lower-case plural. */
export interface ResourceType<T extends KubeObject> {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly namespaced: boolean;
  /** Never set: it only carries the object's type, so that `client.get(pods, …)` is known to give a `Pod`. */
  readonly shape?: T;
}

/** Which object of a kind. No namespace on a namespaced kind means all namespaces (list and watch only). */
export interface ObjectPath {
  namespace?: string | undefined;
  name?: string | undefined;
  subresource?: string | undefined;
}

export const pods: ResourceType<Pod> = core('pods', true);
export const nodes: ResourceType<Node> = core('nodes', false);
export const configMaps: ResourceType<ConfigMap> = core('configmaps', true);
export const secrets: ResourceType<Secret> = core('secrets', true);
export const services: ResourceType<Service> = core('services', true);
export const serviceAccounts: ResourceType<ServiceAccount> = core('serviceaccounts', true);
export const events: ResourceType<CoreEvent> = core('events', true);
export const namespaces: ResourceType<Namespace> = core('namespaces', false);
export const persistentVolumes: ResourceType<PersistentVolume> = core('persistentvolumes', false);
export const persistentVolumeClaims: ResourceType<PersistentVolumeClaim> = core('persistentvolumeclaims', true);

/** Tokens of a service account: `create` with `{ namespace, name, subresource: 'token' }`. */
export const serviceAccountTokens: ResourceType<TokenRequest> = core('serviceaccounts', true);

export const leases: ResourceType<Lease> = {
  group: 'coordination.k8s.io',
  version: 'v1',
  resource: 'leases',
  namespaced: true,
};
export const subjectAccessReviews: ResourceType<SubjectAccessReview> = {
  group: 'authorization.k8s.io',
  version: 'v1',
  resource: 'subjectaccessreviews',
  namespaced: false,
};
/** Whether the caller may: `create` with what it is about. */
export const selfSubjectAccessReviews: ResourceType<SelfSubjectAccessReview> = {
  group: 'authorization.k8s.io',
  version: 'v1',
  resource: 'selfsubjectaccessreviews',
  namespaced: false,
};
export const tokenReviews: ResourceType<TokenReview> = {
  group: 'authentication.k8s.io',
  version: 'v1',
  resource: 'tokenreviews',
  namespaced: false,
};
/** Who the caller is: `create` with an empty one. */
export const selfSubjectReviews: ResourceType<SelfSubjectReview> = {
  group: 'authentication.k8s.io',
  version: 'v1',
  resource: 'selfsubjectreviews',
  namespaced: false,
};
export const certificateSigningRequests: ResourceType<CertificateSigningRequest> = {
  group: 'certificates.k8s.io',
  version: 'v1',
  resource: 'certificatesigningrequests',
  namespaced: false,
};

/** Newest first: which of them there are depends on the API server's release, and on its flags. */
export const clusterTrustBundles: ReadonlyArray<ResourceType<ClusterTrustBundle>> = ['v1', 'v1beta1', 'v1alpha1'].map(
  (version) => ({ group: 'certificates.k8s.io', version, resource: 'clustertrustbundles', namespaced: false }),
);

function core<T extends KubeObject>(resource: string, namespaced: boolean): ResourceType<T> {
  return { group: '', version: 'v1', resource, namespaced };
}

/**
 * The URL path of an object or of a collection, starting with `/api` or `/apis`.
 * @throws Error when a name cannot be one path segment (the API server's own rule), when a namespaced kind is named without its
 * namespace, or when a cluster-wide kind is given one.
 */
export function resourcePath(type: ResourceType<KubeObject>, path: ObjectPath): string {
  const { namespace, name, subresource } = path;
  if (namespace !== undefined && !type.namespaced) {
    throw new Error(`Cannot address ${type.resource} in namespace "${namespace}": ${type.resource} have no namespace`);
  }
  if (type.namespaced && namespace === undefined && name !== undefined) {
    throw new Error(`Cannot address ${type.resource} "${name}": its namespace is missing`);
  }
  const segments = type.group === '' ? ['api', type.version] : ['apis', type.group, type.version];
  if (namespace !== undefined) segments.push('namespaces', pathSegment('namespace', namespace));
  segments.push(type.resource);
  if (name !== undefined) segments.push(pathSegment('name', name));
  if (subresource !== undefined) segments.push(subresource);
  return `/${segments.join('/')}`;
}

// https://github.com/kubernetes/apimachinery/blob/master/pkg/api/validation/path/name.go
function pathSegment(what: string, value: string): string {
  if (value === '' || value === '.' || value === '..' || /[/%]/.test(value)) {
    throw new Error(`Cannot use "${value}" as a ${what} in a URL: want neither "", "." nor "..", and no "/" or "%"`);
  }
  return encodeURIComponent(value);
}
