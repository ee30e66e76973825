import { randomBytes } from 'node:crypto';
import { fieldAt, isJson, type Json, type KubeObject, listAt } from '../object.ts';

const defaultMode = 0o644;
const accountDirectory = '/var/run/secrets/kubernetes.io/serviceaccount';
const evicting = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];
const podDefaults = {
  ...{ restartPolicy: 'Always', terminationGracePeriodSeconds: 30, dnsPolicy: 'ClusterFirst', securityContext: {} },
  ...{ schedulerName: 'default-scheduler', enableServiceLinks: true, preemptionPolicy: 'PreemptLowerPriority' },
  priority: 0,
};
const containerDefaults = { terminationMessagePath: '/dev/termination-log', terminationMessagePolicy: 'File' };

/** What the API server and its admission plugins fill in (k8s.io/kubernetes/pkg/apis/core/v1/defaults.go). */
export function completePod(pod: KubeObject, before?: KubeObject): KubeObject {
  const spec = before === undefined ? withAccountToken(pod.spec ?? {}) : (pod.spec ?? {});
  const account = spec.serviceAccountName ?? spec.serviceAccount ?? 'default';
  const complete: Json = {
    ...{ ...podDefaults, ...spec, serviceAccountName: account, serviceAccount: account },
    ...{ ...mapped(spec, 'volumes', completeVolume), ...mapped(spec, 'containers', completeContainer) },
    ...mapped(spec, 'initContainers', completeContainer),
    tolerations: withNodeTolerations(listAt(spec, 'tolerations')),
  };
  return { ...pod, spec: complete, status: { phase: 'Pending', qosClass: qosClassOf(complete) } };
}

function completeContainer(container: Json): Json {
  const image = String(container.image ?? '');
  const isLatest = image.endsWith(':latest') || !/[:@][^/]+$/.test(image);
  const { limits, requests } = (container.resources ?? {}) as { limits?: Json; requests?: Json };
  return {
    ...{ ...containerDefaults, imagePullPolicy: isLatest ? 'Always' : 'IfNotPresent', ...container },
    ...mapped(container, 'ports', (port) => ({ protocol: 'TCP', ...port })),
    resources: { ...(limits && { limits }), ...((limits || requests) && { requests: { ...limits, ...requests } }) },
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
  const missing = evicting.filter(
    (key) => !tolerations.some((toleration) => (toleration.key ?? key) === key && toleration.effect !== 'NoSchedule'),
  );
  const limit = { operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 };
  return [...tolerations, ...missing.map((key) => ({ key, ...limit }))];
}

/** The admission plugin ServiceAccount: a volume with token, CA and namespace, mounted where clients look for it. */
function withAccountToken(spec: Json): Json {
  if (spec.automountServiceAccountToken === false) return spec;
  const name = `kube-api-access-${randomBytes(4).toString('hex').slice(0, 5)}`;
  const mount = (container: Json): Json => {
    const mounts = listAt(container, 'volumeMounts').filter(({ mountPath }) => mountPath !== accountDirectory);
    return { ...container, volumeMounts: [...mounts, { name, readOnly: true, mountPath: accountDirectory }] };
  };
  const sources = [
    { serviceAccountToken: { expirationSeconds: 3_607, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    {
      downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] },
    },
  ];
  const volumes = [...listAt(spec, 'volumes'), { name, projected: { sources, defaultMode } }];
  return { ...spec, volumes, ...mapped(spec, 'containers', mount), ...mapped(spec, 'initContainers', mount) };
}

/** https://kubernetes.io/docs/concepts/workloads/pods/pod-qos/ */
function qosClassOf(spec: Json): string {
  const values = [...listAt(spec, 'containers'), ...listAt(spec, 'initContainers')].flatMap((each) =>
    ['cpu', 'memory'].map((name) => ['limits', 'requests'].map((kind) => fieldAt(each, `resources.${kind}.${name}`))),
  );
  if (values.flat().every((value) => value === undefined)) return 'BestEffort';
  return values.every(([limit, request]) => limit !== undefined && limit === request) ? 'Guaranteed' : 'Burstable';
}

/** The list of that name with each element changed; nothing when there is no such list. */
function mapped(parent: Json, list: string, change: (element: Json) => Json): Json {
  return Array.isArray(parent[list]) ? { [list]: listAt(parent, list).map(change) } : {};
}
