import type { PodSpec } from '@interlink/sidecar-sdk';
import type { SitePolicy } from '../site/site-policy.ts';

/** The administrator's switches that a field may need. */
export type Switch = 'Docker.AllowPrivileged' | 'Docker.AllowHostNamespaces';

/**
 * What becomes of a field of a pod's spec:
 * `supported` here; `elsewhere`: done before the pod comes here, by the scheduler, the API server or the virtual kubelet;
 * `switched`: refused unless the administrator allows it; `refused`: keeps the pod Pending; `ignored`: told by a Warning event.
 */
export type Support = 'supported' | 'elsewhere' | 'switched' | 'refused' | 'ignored';

/** One row of the table of fields. */
export interface Field {
  /** Kubernetes' own, below `spec`; `[]` for each element. Ephemeral and init containers are as `containers[]`. */
  readonly path: string;
  readonly support: Support;
  /** For people. Of what is refused or ignored: why, as the end of a sentence. */
  readonly note: string;
  readonly needs?: Switch;
  /** Which values are refused or ignored; default: all that say something. */
  concerns?(value: unknown, context: FieldContext): boolean;
  /** `concerns` in words, for the table. */
  readonly values?: string;
  /** Another check refuses it, in words of its own. */
  readonly isToldElsewhere?: boolean;
}

export interface FieldContext {
  readonly policy: SitePolicy;
  /** What the field is a member of. */
  readonly parent: Readonly<Record<string, unknown>>;
  /** The pod's, whole. */
  readonly spec: PodSpec;
}

type Concern = Pick<Field, 'concerns' | 'values'>;

export function supported(path: string, note = ''): Field {
  return { path, support: 'supported', note };
}

export function elsewhere(path: string, note: string): Field {
  return { path, support: 'elsewhere', note };
}

export function switched(path: string, needs: Switch, concern: Concern, note = ''): Field {
  return { path, support: 'switched', needs, note, ...concern };
}

export function refused(path: string, note: string, concern: Concern = {}): Field {
  return { path, support: 'refused', note, ...concern };
}

export function ignored(path: string, note: string, concern: Concern = {}): Field {
  return { path, support: 'ignored', note, ...concern };
}
