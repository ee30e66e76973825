import {
  type ClusterTrustBundle,
  type ConfigMap,
  KubeStatusError,
  type PersistentVolumeClaim,
  type Secret,
} from '@interlink/kube';
import type { NodeFacts } from '../node-facts.ts';
import type { ObjectReader } from '../object-reader.ts';
import type { PodTokenRequest } from '../pod-tokens.ts';

export const NODE: NodeFacts = {
  name: 'virtual-1',
  hostIP: '192.0.2.7',
  hostIPs: ['192.0.2.7', '2001:db8::7'],
  allocatable: { cpu: '31500m', memory: '64Gi', 'ephemeral-storage': '100Gi', pods: '110' },
};

/** Objects held in memory, by `namespace/name`, and a record of what was read. */
export class FakeObjects implements ObjectReader {
  readonly configMaps = new Map<string, ConfigMap>();
  readonly secrets = new Map<string, Secret>();
  readonly claims = new Map<string, PersistentVolumeClaim>();
  /** Undefined: the API does not have them. */
  bundles: ClusterTrustBundle[] | undefined;
  /** Names that the API refuses to show. */
  readonly forbidden = new Set<string>();
  readonly reads: string[] = [];
  readonly tokenRequests: Array<PodTokenRequest & { serviceAccount: string }> = [];

  addConfigMap(name: string, data: Record<string, string>, binaryData: Record<string, string> = {}): this {
    this.configMaps.set(`ns/${name}`, { metadata: { name, namespace: 'ns', resourceVersion: '7' }, data, binaryData });
    return this;
  }

  /** With its values as text or as bytes. */
  addSecret(name: string, values: Record<string, string | Uint8Array>, type = 'Opaque'): this {
    const data = Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, Buffer.from(value as string).toString('base64')]),
    );
    this.secrets.set(`ns/${name}`, { metadata: { name, namespace: 'ns', resourceVersion: '7' }, type, data });
    return this;
  }

  async configMap(namespace: string, name: string): Promise<ConfigMap | undefined> {
    return this.#read('configmaps', this.configMaps, namespace, name);
  }

  async secret(namespace: string, name: string): Promise<Secret | undefined> {
    return this.#read('secrets', this.secrets, namespace, name);
  }

  async claim(namespace: string, name: string): Promise<PersistentVolumeClaim | undefined> {
    return this.#read('persistentvolumeclaims', this.claims, namespace, name);
  }

  async trustBundles(): Promise<ClusterTrustBundle[] | undefined> {
    this.reads.push('clustertrustbundles');
    if (this.forbidden.has('clustertrustbundles')) throw refused('clustertrustbundles', '');
    return this.bundles;
  }

  async serviceAccountToken(_namespace: string, serviceAccount: string, request: PodTokenRequest): Promise<string> {
    if (this.forbidden.has(serviceAccount)) throw refused('serviceaccounts', serviceAccount);
    this.tokenRequests.push({ ...request, serviceAccount });
    return `token-of-${serviceAccount}`;
  }

  #read<T>(resource: string, objects: Map<string, T>, namespace: string, name: string): T | undefined {
    this.reads.push(`${resource}/${name}`);
    if (this.forbidden.has(name)) throw refused(resource, name);
    return objects.get(`${namespace}/${name}`);
  }
}

function refused(resource: string, name: string): KubeStatusError {
  const message = `${resource} "${name}" is forbidden: no`;
  return new KubeStatusError(`GET ${name}`, 403, { kind: 'Status', message, reason: 'Forbidden' });
}
