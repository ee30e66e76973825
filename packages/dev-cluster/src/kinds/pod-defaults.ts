import { randomBytes } from 'node:crypto';
import { fieldAt, isJson, type Json, type KubeObject, listAt } from '../object.ts';

const defaultMode = 0o644;
const accountDirectory = '/var/run/secrets/kubernetes.io/serviceaccount';
const defaults = {
  ...{ restartPolicy: 'Always', terminationGracePeriodSeconds: 30, dnsPolicy: 'ClusterFirst', securityContext: {} },
  ...{ schedulerName: 'default-scheduler', enableServiceLinks: true, preemptionPolicy: 'PreemptLowerPriority' },
  priority: 0,
};

/** What the API server and its admission plugins fill in (k8s.io/kubernetes/pkg/apis/core/v1/defaults.go). */
export function completePod(pod: KubeObject, before?: KubeObject): KubeObject {
  const spec = before === undefined ? withAccountToken(pod.spec ?? {}) : (pod.spec ?? {});
  const account = spec.serviceAccountName ?? spec.serviceAccount ?? 'default';
  const map = (field: string, complete: (each: Json) => Json): Json =>
    Array.isArray(spec[field]) ? { [field]: listAt(spec, field).map(complete) } : {};
  const complete: Json = {
    ...defaults,
    ...spec,
    ...{ serviceAccountName: account, serviceAccount: account, ...map('volumes', completeVolume) },
    ...{ ...map('containers', completeContainer), ...map('initContainers', completeContainer) },
    tolerations: withNodeTolerations(listAt(spec, 'tolerations')),
  };
  return { ...pod, spec: complete, status: { phase: 'Pending', qosClass: qosClassOf(complete) } };
}

function completeContainer(container: Json): Json {
  const image = String(container.image ?? '');
  const isLatest = image.endsWith(':latest') || !/[:@][^/]+$/.test(image);
  const limits = fieldAt(container, 'resources.limits');
  const requests = isJson(limits)
    ? { requests: { ...limits, ...asJson(fieldAt(container, 'resources.requests')) } }
    : {};
  return {
    ...{ terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File' },
    imagePullPolicy: isLatest ? 'Always' : 'IfNotPresent',
    ...container,
    resources: { ...asJson(container.resources), ...requests },
    ...(container.ports === undefined
      ? {}
      : { ports: listAt(container, 'ports').map((port) => ({ protocol: 'TCP', ...port })) }),
  };
}

function completeVolume(volume: Json): Json {
  const done: Json = Object.keys(volume).length === 1 ? { ...volume, emptyDir: {} } : { ...volume };
  for (const source of ['configMap', 'secret', 'projected', 'downwardAPI'])
    if (isJson(done[source])) done[source] = { defaultMode, ...done[source] };
  return done;
}

/** The admission plugin DefaultTolerationSeconds. */
function withNodeTolerations(tolerations: Json[]): Json[] {
  const missing = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].filter(
    (key) => !tolerations.some((toleration) => (toleration.key ?? key) === key && toleration.effect !== 'NoSchedule'),
  );
  const evicted = { operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 };
  return [...tolerations, ...missing.map((key) => ({ key, ...evicted }))];
}

/** The admission plugin ServiceAccount: a volume with token, CA and namespace, mounted where clients look for it. */
function withAccountToken(spec: Json): Json {
  if (spec.automountServiceAccountToken === false) return spec;
  const name = `kube-api-access-${randomBytes(4).toString('hex').slice(0, 5)}`;
  const mount = (container: Json): Json => {
    const mounts = listAt(container, 'volumeMounts');
    const hasIt = mounts.some(({ mountPath }) => mountPath === accountDirectory);
    const added = hasIt ? [] : [{ name, readOnly: true, mountPath: accountDirectory }];
    return { ...container, volumeMounts: [...mounts, ...added] };
  };
  const sources = [
    { serviceAccountToken: { expirationSeconds: 3_607, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    {
      downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] },
    },
  ];
  const mounted = ['containers', 'initContainers'].filter((field) => Array.isArray(spec[field]));
  return {
    ...spec,
    volumes: [...listAt(spec, 'volumes'), { name, projected: { sources, defaultMode } }],
    ...Object.fromEntries(mounted.map((field) => [field, listAt(spec, field).map(mount)])),
  };
}

/** https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/ */
function qosClassOf(spec: Json): string {
  const containers = [...listAt(spec, 'containers'), ...listAt(spec, 'initContainers')];
  const values = (kind: string) =>
    containers.flatMap((each) => ['cpu', 'memory'].map((name) => fieldAt(each, `resources.${kind}.${name}`)));
  const [limits, requests] = [values('limits'), values('requests')];
  if ([...limits, ...requests].every((value) => value === undefined)) return 'BestEffort';
  const isGuaranteed = limits.every((limit, index) => limit !== undefined && limit === requests[index]);
  return isGuaranteed ? 'Guaranteed' : 'Burstable';
}

function asJson(value: unknown): Json {
  return isJson(value) ? value : {};
}
