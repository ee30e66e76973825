/** The two patches that a kubelet sends all day. Merge keys: kubelet.md 2.3, from the `patchMergeKey` tags of k8s.io/api/core/v1. */
import type { Node, PodStatus } from '../types.ts';
import { type MergeKeys, twoWayMergePatch } from './strategic-merge.ts';

const POD_MERGE_KEYS: MergeKeys = {
  'status.conditions': 'type',
  'status.podIPs': 'ip',
  'status.hostIPs': 'ip',
  'status.resourceClaimStatuses': 'name',
};

const NODE_MERGE_KEYS: MergeKeys = {
  'status.conditions': 'type',
  'status.addresses': 'type',
};

/**
 * The strategic merge patch for `pods/NAME/status`. The UID in it is a precondition: another pod of the same name answers 409.
 * @param before the server's copy; undefined when the pod has no status yet.
 * @returns undefined when nothing changed.
 */
export function podStatusPatch(uid: string, before: PodStatus | undefined, after: PodStatus): object | undefined {
  const patch = twoWayMergePatch({ status: before ?? {} }, { status: after }, POD_MERGE_KEYS);
  return patch === undefined ? undefined : { metadata: { uid }, ...patch };
}

/**
 * The strategic merge patch for `nodes/NAME/status`: labels, annotations and status. What others added on the server since
 * `before` stays.
 * @returns undefined when nothing changed.
 */
export function nodeStatusPatch(before: Node, after: Node): object | undefined {
  return twoWayMergePatch(ownedParts(before), ownedParts(after), NODE_MERGE_KEYS);
}

function ownedParts({ metadata, status }: Node): object {
  return {
    metadata: { labels: metadata?.labels ?? {}, annotations: metadata?.annotations ?? {} },
    status: status ?? {},
  };
}
