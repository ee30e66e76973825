/** The two patches that a kubelet sends all day. Merge keys: the `patchMergeKey` tags of k8s.io/api/core/v1. */
import type { ContainerStatus, Node, PodStatus } from '../types.ts';
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
 * The strategic merge patch for `pods/NAME/status`. The UID in it is a precondition: for another pod of the same name
 * the API server refuses the patch (`isUidMismatch`).
 * @param before the server's copy; undefined when the pod has no status yet.
 * @returns undefined when nothing changed.
 */
export function podStatusPatch(uid: string, before: PodStatus | undefined, after: PodStatus): object | undefined {
  const patch = twoWayMergePatch({ status: asServed(before ?? {}) }, { status: asServed(after) }, POD_MERGE_KEYS);
  return patch === undefined ? undefined : { metadata: { uid }, ...patch };
}

/**
 * The strategic merge patch for `nodes/NAME/status`: labels, annotations and status. What others added on the server since
 * `before` stays. A field of the status that `after` lacks is removed: start from the server's copy.
 * @returns undefined when nothing changed.
 */
export function nodeStatusPatch(before: Node, after: Node): object | undefined {
  return twoWayMergePatch(ownedParts(before), ownedParts(after), NODE_MERGE_KEYS);
}

/** As the API server renders a status: `state` and `lastState` are there even when empty. Else the same status would differ for ever. */
function asServed(status: PodStatus): PodStatus {
  const served = { ...status };
  for (const list of ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'] as const) {
    const statuses = status[list];
    if (statuses !== undefined)
      served[list] = statuses.map((each): ContainerStatus => ({ state: {}, lastState: {}, ...each }));
  }
  return served;
}

function ownedParts({ metadata, status }: Node): object {
  return {
    metadata: { labels: metadata?.labels ?? {}, annotations: metadata?.annotations ?? {} },
    status: status ?? {},
  };
}
