import type { Owner } from '../owner.ts';
import type { PodRequest } from '../pod/pod-request.ts';
import type { Pod, Volume } from '../pod/pod-spec.ts';
import { configMapContent, type KeyToPath, projectKeys, secretContent } from '../pod/project-keys.ts';
import type { ResolvedVolume, VolumeFile } from '../pod/volume-files.ts';
import type { PodCreateRequests, RetrievedPodData, V1ConfigMap, V1Secret } from './shapes.ts';

const defaultFileMode = 0o644;

/** v1 knows no clusters: its pods belong to the node that they name, in a cluster called `v1`. */
export function v1Owner(pod: Pod): Owner {
  return { cluster: 'v1', node: pod.spec.nodeName ?? 'v1' };
}

/** A v1 virtual kubelet's create request as a v2 one. */
export function fromPodCreateRequests(request: PodCreateRequests): PodRequest {
  return {
    pod: request.pod,
    volumes: resolveVolumes(request.pod, {
      configMaps: request.configmaps ?? [],
      secrets: request.secrets ?? [],
      projected: request.projectedvolumesmaps ?? [],
    }),
  };
}

/** What a v1 InterLink server sends to a sidecar, as a v2 request. */
export function fromRetrievedPodData(data: RetrievedPodData): PodRequest {
  const containers = data.container ?? [];
  return {
    pod: data.pod,
    volumes: resolveVolumes(data.pod, {
      configMaps: containers.flatMap((c) => c.configMaps ?? []),
      secrets: containers.flatMap((c) => c.secrets ?? []),
      projected: containers.flatMap((c) => c.projectedvolumemaps ?? []),
    }),
  };
}

interface V1Objects {
  readonly configMaps: ReadonlyArray<V1ConfigMap>;
  readonly secrets: ReadonlyArray<V1Secret>;
  readonly projected: ReadonlyArray<V1ConfigMap>;
}

function resolveVolumes(pod: Pod, objects: V1Objects): ResolvedVolume[] {
  return (pod.spec.volumes ?? []).flatMap((volume) => {
    const files = filesOf(volume, objects);
    return files === undefined ? [] : [{ name: volume.name, files }];
  });
}

function filesOf(volume: Volume, objects: V1Objects): VolumeFile[] | undefined {
  if (volume.configMap !== undefined) {
    const object = byName(objects.configMaps, volume.configMap.name);
    return object === undefined ? undefined : projectKeys(configMapContent(object), projection(volume.configMap));
  }
  if (volume.secret !== undefined) {
    const object = byName(objects.secrets, volume.secret.secretName);
    return object === undefined ? undefined : projectKeys(secretContent(object), projection(volume.secret));
  }
  if (volume.projected !== undefined || volume.downwardAPI !== undefined) {
    const object = byName(objects.projected, volume.name);
    const mode = defaultMode(volume.projected ?? volume.downwardAPI);
    return object === undefined ? undefined : projectKeys(configMapContent(object), { defaultMode: mode });
  }
  return undefined;
}

function byName<T extends { metadata: { name: string } }>(objects: ReadonlyArray<T>, name: unknown): T | undefined {
  return objects.find((object) => object.metadata.name === name);
}

/** Sources come through the wire untyped; what is not as Kubernetes writes it counts as absent. A v1 sender has already left out what is optional and missing. */
function projection(source: Record<string, unknown>): { items?: KeyToPath[]; optional: true; defaultMode: number } {
  const items = Array.isArray(source.items) ? source.items.filter(isKeyToPath) : [];
  return { ...(items.length > 0 ? { items } : {}), optional: true, defaultMode: defaultMode(source) };
}

function defaultMode(source: Record<string, unknown> | undefined): number {
  return typeof source?.defaultMode === 'number' ? source.defaultMode : defaultFileMode;
}

function isKeyToPath(value: unknown): value is KeyToPath {
  return (
    typeof value === 'object' &&
    value !== null &&
    'key' in value &&
    'path' in value &&
    typeof value.key === 'string' &&
    typeof value.path === 'string'
  );
}
