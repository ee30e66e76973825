import { InterLinkError, jobAnnotation, type Owner, ownerKey, type Pod, type PodReport } from '@interlink/protocol';
import { type CreateDoubt, doubtOfStart } from './create-doubt.ts';

/** A pod that the plugin does not have is asked for as long as anybody here asks for it, and this long after. */
const keepMs = 600_000;

/** What this process knows of one pod at the plugin. */
export interface V1Pod {
  readonly owner: Owner;
  pod: Pod;
  /** Undefined: the plugin has not shown it yet. */
  report: PodReport | undefined;
  doubt: CreateDoubt | undefined;
  /** When the plugin's answer that it has taken a create was there: what it was asked before says nothing of that. */
  takenMs: number | undefined;
  /** A create is under way. */
  isSending: boolean;
  /** Deleted before the plugin has shown it: what turns up later goes. */
  isUnwanted: boolean;
  /** How many of its deletions are under way: a plugin that takes its time for one is not told again meanwhile. */
  deletions: number;
  /** The plugin fails for it alone: it is asked for apart from the others, whose answers it would spoil. */
  isApart: boolean;
  /** The plugin names it without a container, as it may do with a job that waits. */
  isNamedOnly: boolean;
  /** The plugin has been asked for it, and has answered. */
  isMet: boolean;
  absences: number;
  /** When it was first asked for in vain, since it was shown last; milliseconds since the epoch. */
  missingFromMs: number | undefined;
  wantedMs: number;
}

export interface V1PodsOptions {
  readonly settleMs: number;
  /** Milliseconds since the epoch, which never go back. */
  readonly now: () => number;
}

/** The pods of a v1 plugin that this process has heard of. */
export class V1Pods {
  readonly #options: V1PodsOptions;
  readonly #pods = new Map<string, V1Pod>();
  readonly #startedMs: number;

  constructor(options: V1PodsOptions) {
    this.#options = options;
    this.#startedMs = options.now();
  }

  find(uid: string): V1Pod | undefined {
    return this.#pods.get(uid);
  }

  all(): Iterable<V1Pod> {
    return this.#pods.values();
  }

  /** Who says first whose pod a UID is, is believed: a plugin can't tell. */
  isOfAnother({ metadata }: Pod, owner: Owner): boolean {
    const known = this.#pods.get(metadata.uid);
    return known !== undefined && !isOf(known, owner);
  }

  /** As {@link find}, but undefined for another owner's. */
  findOf({ owner, uid }: { readonly owner: Owner; readonly uid: string }): V1Pod | undefined {
    const known = this.#pods.get(uid);
    return known !== undefined && isOf(known, owner) ? known : undefined;
  }

  /** Asks for this pod, too, from now on. @throws InterLinkError `not_found` for another owner's */
  know(pod: Pod, owner: Owner): V1Pod {
    const { uid, creationTimestamp } = pod.metadata;
    if (this.isOfAnother(pod, owner)) throw new InterLinkError('not_found', `No pod ${uid} here`);
    const nowMs = this.#options.now();
    const known = this.#pods.get(uid);
    if (known !== undefined) {
      known.wantedMs = nowMs;
      return known;
    }
    const { settleMs } = this.#options;
    const doubt = doubtOfStart(creationTimestamp, { startedMs: this.#startedMs, nowMs, settleMs });
    const flags = { isSending: false, isUnwanted: false, isApart: false };
    const unknown = {
      report: undefined,
      takenMs: undefined,
      missingFromMs: undefined,
      isNamedOnly: false,
      isMet: false,
    };
    const entry: V1Pod = { owner, pod, doubt, ...unknown, ...flags, absences: 0, deletions: 0, wantedMs: nowMs };
    this.#pods.set(uid, entry);
    return entry;
  }

  forget(uid: string): void {
    this.#pods.delete(uid);
  }

  /** Forgets those that nobody asks for and the plugin does not have. */
  forgetIdle(): void {
    for (const [uid, entry] of this.#pods) if (this.#isIdle(entry)) this.#pods.delete(uid);
  }

  #isIdle({ report, doubt, isSending, isUnwanted, deletions, wantedMs }: V1Pod): boolean {
    if (report !== undefined || isSending || deletions > 0 || doubt !== undefined) return false;
    return isUnwanted || this.#options.now() - wantedMs > keepMs;
  }
}

/** Whether a virtual kubelet was once told of a job of the pod, and has written its id onto it. */
export function hadJob({ metadata }: Pod): boolean {
  return metadata.annotations?.[jobAnnotation] !== undefined;
}

function isOf(entry: V1Pod, owner: Owner): boolean {
  return ownerKey(entry.owner) === ownerKey(owner);
}
