import type { Pod } from '@interlink/kube';
import type { ResolvedVolume } from '@interlink/protocol';
import { keyOf, type WatchedObject } from '../resolve/object-watches.ts';
import { volumeDigest } from './volume-digest.ts';
import { type VolumeUse, volumeUses } from './volume-uses.ts';

/** A running pod: what its volumes are made from, what the backend has of them, and which are to be looked at. */
export class FollowedPod {
  readonly uses: ReadonlyMap<string, VolumeUse>;
  /** Volumes that may be out of date. */
  readonly due = new Set<string>();
  /** Volumes that can't be resolved, each with what was told of it. */
  readonly troubles = new Map<string, string>();
  /** When volumes with tokens are to be looked at, in milliseconds since the epoch. */
  tokensDueAtMs = Number.POSITIVE_INFINITY;
  #pod: Pod;
  /** Versions that were read last, by {@link keyOf}. */
  readonly #seen = new Map<string, string | undefined>();
  readonly #digests = new Map<string, string>();
  #creations = 0;

  constructor(pod: Pod) {
    this.#pod = pod;
    this.uses = volumeUses(pod);
  }

  get pod(): Pod {
    return this.#pod;
  }

  /** Counts what was sent past the updates, whose outcome then says nothing any more. */
  get creations(): number {
    return this.#creations;
  }

  get objects(): WatchedObject[] {
    return [...this.uses.values()].flatMap(({ objects }) => [...objects.values()]);
  }

  get hasTokens(): boolean {
    return [...this.uses.values()].some(({ hasToken }) => hasToken);
  }

  /** The pod was sent to the backend as it was then, with these volumes. */
  noteCreation(
    pod: Pod,
    volumes: ReadonlyArray<ResolvedVolume>,
    versions: ReadonlyMap<string, string | undefined>,
  ): void {
    this.#creations += 1;
    this.#pod = pod;
    this.due.clear();
    this.troubles.clear();
    this.noteSent(volumes);
    this.noteRead(versions);
  }

  /** Nothing is known of what the backend has. */
  forgetSent(): void {
    this.#digests.clear();
  }

  noteSent(volumes: ReadonlyArray<ResolvedVolume>): void {
    for (const volume of volumes) this.#digests.set(volume.name, volumeDigest(volume));
  }

  noteRead(versions: ReadonlyMap<string, string | undefined>): void {
    for (const [key, version] of versions) this.#seen.set(key, version);
  }

  /** Whether the backend has something else, or nobody knows what. */
  differs(volume: ResolvedVolume): boolean {
    return this.#digests.get(volume.name) !== volumeDigest(volume);
  }

  /** The API's newest copy of the pod. */
  takePod(pod: Pod): void {
    const before = this.#pod;
    this.#pod = pod;
    if (before === pod || fieldsOf(before) === fieldsOf(pod)) return;
    this.markDue(({ hasPodFields }) => hasPodFields);
  }

  /** An object is there in this version; undefined: it is not there. */
  takeVersion(object: WatchedObject, version: string | undefined): void {
    const key = keyOf(object);
    if (!this.#seen.has(key)) {
      // Nothing was read yet: its volumes are due already, or will be with their tokens.
      this.#seen.set(key, version);
    } else if (this.#seen.get(key) !== version) {
      this.markDue(({ objects }) => objects.has(key));
    }
  }

  markDue(isMeant: (use: VolumeUse) => boolean): void {
    for (const [name, use] of this.uses) if (isMeant(use)) this.due.add(name);
  }
}

/** All of a pod that its downwardAPI volumes may show and that can change. */
function fieldsOf({ metadata }: Pod): string {
  const { labels, annotations, generation } = metadata ?? {};
  return JSON.stringify([labels, annotations, generation]);
}
