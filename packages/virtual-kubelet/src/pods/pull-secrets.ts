import type { Pod } from '@interlink/kube';
import { containerStatusesOf, type PodReport } from '@interlink/protocol';
import type { MissingObjectWatches } from '../resolve/missing-object-watches.ts';
import { keyOf } from '../resolve/object-watches.ts';
import type { MissingObject } from '../resolve/resolve-error.ts';

/** Waiting reasons that another login might end. */
const reasons: ReadonlySet<string | undefined> = new Set(['ErrImagePull', 'ImagePullBackOff', 'ErrImageNeverPull']);

/**
 * Watches the `imagePullSecrets` of pods whose images can't be had, and only while they can't: a kubelet reads them anew for every
 * pull, our backend has them from us.
 */
export class PullSecrets {
  readonly #watches: Pick<MissingObjectWatches, 'wait' | 'release'>;
  /** Versions that the backend was told of at the create, by pod. */
  readonly #told = new Map<string, ReadonlyMap<string, string | undefined>>();
  readonly #watched = new Set<string>();

  constructor(watches: Pick<MissingObjectWatches, 'wait' | 'release'>) {
    this.#watches = watches;
  }

  /** The backend has the pod, with Secrets in these versions. */
  created(uid: string, pod: Pod, versions: ReadonlyMap<string, string | undefined>): void {
    const keys = secretsOf(pod).map(keyOf);
    if (keys.length > 0) this.#told.set(uid, new Map(keys.map((key) => [key, versions.get(key)])));
  }

  /** To be called with every report; `onChange` is called when a Secret has appeared or changed that may help. */
  follow(uid: string, pod: Pod, report: PodReport, onChange: () => void): void {
    const secrets = secretsOf(pod);
    if (secrets.length === 0) return;
    const isWaiting = waitsForImage(report);
    if (!isWaiting) this.#rest(uid);
    if (!isWaiting || this.#watched.has(uid)) return;
    this.#watched.add(uid);
    const told = this.#told.get(uid);
    const wanted = secrets.map((secret): MissingObject => {
      const seen = told?.get(keyOf(secret));
      return seen === undefined ? secret : { ...secret, seen };
    });
    this.#watches.wait(idOf(uid), wanted, onChange);
  }

  /** The pod is over. */
  release(uid: string): void {
    this.#rest(uid);
    this.#told.delete(uid);
  }

  #rest(uid: string): void {
    if (this.#watched.delete(uid)) this.#watches.release(idOf(uid));
  }
}

function secretsOf({ metadata, spec }: Pod) {
  const { namespace = '' } = metadata ?? {};
  const names = (spec?.imagePullSecrets ?? []).flatMap(({ name = '' }) => (name === '' ? [] : [name]));
  return [...new Set(names)].map((name) => ({ kind: 'Secret' as const, namespace, name }));
}

function waitsForImage(report: PodReport): boolean {
  return containerStatusesOf(report).some(({ state }) => reasons.has(state.waiting?.reason));
}

/** Apart from what the pod itself waits for before it is created. */
function idOf(uid: string): string {
  return `images/${uid}`;
}
