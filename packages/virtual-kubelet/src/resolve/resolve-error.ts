/** Something to tell the user of a pod, as an event. Never holds a value of a ConfigMap, a Secret or a variable. */
export interface ResolveNotice {
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
  /** The container it is about; absent: the pod. */
  container?: string;
}

/** An object whose appearance or change may let a pod go on. */
export interface MissingObject {
  readonly kind: 'ConfigMap' | 'Secret' | 'ClusterTrustBundle';
  readonly namespace: string;
  readonly name: string;
  /** `metadata.resourceVersion` of what was read, when the object is there but lacks a key; absent: there was no object. */
  readonly seen?: string;
}

export interface ResolveErrorDetails {
  reason: string;
  container?: string | undefined;
  notices: ResolveNotice[];
  missing?: ReadonlyArray<MissingObject>;
  isPassing?: boolean;
}

/** Something mandatory is missing or wrong. The pod stays Pending and is tried again. */
export class ResolveError extends Error {
  override readonly name = 'ResolveError';
  /** Waiting reason: `CreateContainerConfigError`, or `ContainerCreating` when a volume is the trouble. */
  readonly reason: string;
  /** The container (or init container) at fault; undefined for a volume and for the pod as a whole. */
  readonly container: string | undefined;
  /** The kubelet's event (`Failed` or `FailedMount`), what led to it, and what was noticed on the way. */
  readonly notices: ResolveNotice[];
  /** What to watch: a retry is worth it as soon as one of these appears or changes. */
  readonly missing: ReadonlyArray<MissingObject>;
  /** The API gave no answer: another try may succeed though nothing changes. */
  readonly isPassing: boolean;

  constructor(message: string, details: ResolveErrorDetails) {
    super(message);
    this.reason = details.reason;
    this.container = details.container;
    this.notices = details.notices;
    this.missing = details.missing ?? [];
    this.isPassing = details.isPassing === true;
  }
}

/** Inside this folder: one reference or value that cannot be resolved, before it is known whose fault that is. */
export class Unresolvable extends Error {
  override readonly name = 'Unresolvable';
  readonly notices: ResolveNotice[];
  readonly missing: MissingObject[];
  /** @see ResolveError.isPassing */
  readonly isPassing: boolean;

  constructor(message: string, notices: ResolveNotice[] = [], missing: MissingObject[] = [], isPassing = false) {
    super(message);
    this.notices = notices;
    this.missing = missing;
    this.isPassing = isPassing;
  }
}
