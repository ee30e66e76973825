import { isUtf8 } from 'node:buffer';
import type { PodRequest } from '../pod/pod-request.ts';
import type { Container, Volume } from '../pod/pod-spec.ts';
import type { ResolvedVolume } from '../pod/volume-files.ts';
import type { PodCreateRequests, RetrievedContainer, RetrievedPodData, V1ConfigMap, V1Secret } from './shapes.ts';

/** A v2 request as what a v1 InterLink server expects at `/create`: each object once, whatever mounts it. */
export function toPodCreateRequests({ pod, volumes }: PodRequest): Required<PodCreateRequests> {
  const { namespace } = pod.metadata;
  const sent = {
    configmaps: [] as V1ConfigMap[],
    secrets: [] as V1Secret[],
    projectedvolumesmaps: [] as V1ConfigMap[],
  };
  for (const volume of pod.spec.volumes ?? []) {
    const resolved = volumes.find(({ name }) => name === volume.name);
    if (resolved === undefined) continue;
    if (volume.configMap !== undefined)
      add(sent.configmaps, configMap(String(volume.configMap.name), namespace, resolved, volume));
    else if (volume.secret !== undefined)
      add(sent.secrets, secret(String(volume.secret.secretName), namespace, resolved, volume));
    else sent.projectedvolumesmaps.push(configMap(volume.name, namespace, resolved, volume));
  }
  return { pod, ...sent, jobscriptURL: '' };
}

/** Two volumes of one object may show different keys of it. */
function add<T extends V1ConfigMap>(objects: T[], object: T): void {
  const same = objects.find(({ metadata }) => metadata.name === object.metadata.name);
  if (same === undefined) return void objects.push(object);
  same.data = { ...same.data, ...object.data };
  if (object.binaryData !== undefined) same.binaryData = { ...same.binaryData, ...object.binaryData };
}

/** A v2 request as what a v1 sidecar expects at `/create`: init containers first, each container with the objects that it mounts. */
export function toRetrievedPodData(request: PodRequest): RetrievedPodData & { jobScript: string } {
  const { spec } = request.pod;
  return {
    pod: request.pod,
    container: [...(spec.initContainers ?? []), ...spec.containers].map((container) =>
      retrievedContainer(container, request),
    ),
    jobScript: '',
  };
}

function retrievedContainer(container: Container, request: PodRequest): RetrievedContainer {
  const result: Required<RetrievedContainer> = {
    name: container.name,
    configMaps: [],
    projectedvolumemaps: [],
    secrets: [],
    emptyDirs: [],
  };
  for (const mount of container.volumeMounts ?? []) {
    const volume = request.pod.spec.volumes?.find((v) => v.name === mount.name);
    if (volume === undefined) continue;
    if (volume.emptyDir !== undefined) result.emptyDirs.push(mount.mountPath);
    const resolved = request.volumes.find((v) => v.name === volume.name);
    if (resolved === undefined) continue;
    const namespace = request.pod.metadata.namespace;
    if (volume.configMap !== undefined)
      result.configMaps.push(configMap(String(volume.configMap.name), namespace, resolved, volume));
    else if (volume.secret !== undefined)
      result.secrets.push(secret(String(volume.secret.secretName), namespace, resolved, volume));
    else result.projectedvolumemaps.push(configMap(volume.name, namespace, resolved, volume));
  }
  return result;
}

function configMap(name: string, namespace: string, resolved: ResolvedVolume, volume: Volume): V1ConfigMap {
  const data: Record<string, string> = {};
  const binaryData: Record<string, string> = {};
  for (const file of resolved.files) {
    const bytes = Buffer.from(file.data, 'base64');
    const key = keyOf(file.path, volume);
    if (isUtf8(bytes)) data[key] = bytes.toString('utf8');
    else binaryData[key] = file.data;
  }
  return { metadata: { name, namespace }, data, ...(Object.keys(binaryData).length > 0 ? { binaryData } : {}) };
}

function secret(name: string, namespace: string, resolved: ResolvedVolume, volume: Volume): V1Secret {
  return {
    metadata: { name, namespace },
    data: Object.fromEntries(resolved.files.map((file) => [keyOf(file.path, volume), file.data])),
  };
}

/** v1 sends the object by its keys and lets the sidecar apply `items`: turn a projected path back into its key. */
function keyOf(path: string, volume: Volume): string {
  const source = volume.configMap ?? volume.secret;
  const items: unknown = source?.items;
  if (!Array.isArray(items)) return path;
  const item: unknown = items.find((candidate: { path?: unknown }) => candidate.path === path);
  return typeof item === 'object' && item !== null && 'key' in item ? String(item.key) : path;
}
