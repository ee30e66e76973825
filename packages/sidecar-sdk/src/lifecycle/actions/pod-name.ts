import type { ActionTarget } from './action-target.ts';

/** A pod as the kubelet's messages have it: `name_namespace(uid)`. */
export function renderPod({ namespace, name, uid }: ActionTarget['pod']): string {
  return `${name}_${namespace}(${uid})`;
}
