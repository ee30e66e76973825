import type { Owner, PodReport } from '@interlink/protocol';
import type { PodReference } from '../backend.ts';

/** A pod, as a path names it. */
export interface PodTarget {
  readonly owner: Owner;
  readonly uid: string;
}

/** A pod as backends are told of it: what the path says, and its name, from its report. */
export function referenceTo({ owner, uid }: PodTarget, { namespace, name }: PodReport): PodReference {
  return { owner, uid, namespace, name };
}
