import { type KubeObject, listAt } from '../object.ts';

/** Secrets: `stringData` becomes `data`. */
export function completeSecret({ stringData, ...secret }: KubeObject): KubeObject {
  const encoded = Object.entries(stringData ?? {}).map(([key, text]) => [key, Buffer.from(text).toString('base64')]);
  const data = { ...(secret.data ?? {}), ...Object.fromEntries(encoded) };
  return { ...secret, type: secret.type || 'Opaque', ...(Object.keys(data).length > 0 ? { data } : {}) } as KubeObject;
}

/** Namespaces are Active until they are deleted, and carry their name as a label. */
export function completeNamespace(namespace: KubeObject): KubeObject {
  const { metadata, status = { phase: 'Active' } } = namespace;
  const labels = { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name };
  return { ...namespace, metadata: { ...metadata, labels }, spec: { finalizers: ['kubernetes'] }, status };
}

let addresses = 1;

/** Services get an address of 10.96.0.0/16, which nothing answers: this cluster has no network. */
export function completeService(service: KubeObject): KubeObject {
  const { spec = {} } = service;
  const ports = listAt(spec, 'ports').map((port) => ({ protocol: 'TCP', targetPort: port.port, ...port }));
  const clusterIP = spec.clusterIP ?? `10.96.${++addresses >> 8}.${addresses & 255}`;
  const defaults = { type: 'ClusterIP', sessionAffinity: 'None', internalTrafficPolicy: 'Cluster' };
  return { ...service, spec: { ...defaults, ...spec, clusterIP, ports }, status: { loadBalancer: {} } };
}
