import type { Pod } from '@interlink/kube';
import { formatMap } from './format-map.ts';
import type { NodeFacts } from './node-facts.ts';
import { Unresolvable } from './resolve-error.ts';

/**
 * The value of a `fieldRef` in a container's `env`. A label or annotation that the pod lacks is empty, and so is `status.podIP`
 * while the pod has none.
 * @throws Unresolvable for any other field: https://kubernetes.io/docs/concepts/workloads/pods/downward-api/#available-fields
 */
export function envFieldValue(fieldPath: string, pod: Pod, node: NodeFacts): string {
  switch (fieldPath) {
    case 'spec.nodeName':
      return pod.spec?.nodeName ?? node.name;
    case 'spec.serviceAccountName':
      return pod.spec?.serviceAccountName ?? '';
    case 'status.hostIP':
      return node.hostIP;
    case 'status.hostIPs':
      return node.hostIPs.join(',');
    case 'status.podIP':
      return podIPs(pod, node)[0] ?? '';
    case 'status.podIPs':
      return podIPs(pod, node).join(',');
    default:
      return metadataField(fieldPath, pod) ?? unsupported(fieldPath);
  }
}

/**
 * The value of a `fieldRef` in a volume: metadata only, and whole `metadata.labels` and `metadata.annotations` too.
 * @throws Unresolvable for any other field
 */
export function volumeFieldValue(fieldPath: string, pod: Pod): string {
  if (fieldPath === 'metadata.labels') return formatMap(pod.metadata?.labels ?? {});
  if (fieldPath === 'metadata.annotations') return formatMap(pod.metadata?.annotations ?? {});
  return metadataField(fieldPath, pod) ?? unsupported(fieldPath);
}

function metadataField(fieldPath: string, { metadata }: Pod): string | undefined {
  if (fieldPath === 'metadata.name') return metadata?.name ?? '';
  if (fieldPath === 'metadata.namespace') return metadata?.namespace ?? '';
  if (fieldPath === 'metadata.uid') return metadata?.uid ?? '';
  const [, field, key] = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(fieldPath) ?? [];
  if (key === undefined) return undefined;
  const map = (field === 'labels' ? metadata?.labels : metadata?.annotations) ?? {};
  return Object.hasOwn(map, key) ? map[key] : '';
}

function podIPs({ spec, status }: Pod, node: NodeFacts): string[] {
  if (spec?.hostNetwork === true) return node.hostIPs;
  const ips = (status?.podIPs ?? []).map(({ ip }) => ip);
  if (ips.length > 0) return ips;
  return status?.podIP === undefined ? [] : [status.podIP];
}

function unsupported(fieldPath: string): never {
  throw new Unresolvable(`field label not supported: ${fieldPath}`);
}
