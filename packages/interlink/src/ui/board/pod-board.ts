import { randomUUID } from 'node:crypto';
import { type Owner, ownerKey } from '@interlink/protocol';
import type { WatchAudience, WatchNews } from '../../fan-out/watch-audience.ts';
import type { WatchLine } from '../../fan-out/watch-line.ts';
import { OwnerBoard, type PodEntry } from './owner-board.ts';

/** Nodes that are not watched any more; of more than this, the one that was heard last the longest ago is forgotten. */
const maxUnwatched = 200;
/** Deletions remembered for pages that come again; a page from before them is to load anew. */
const maxGone = 2_000;

export interface GonePod {
  readonly uid: string;
  readonly owner: Owner;
  readonly sequence: number;
}

/**
 * What the streams of all owners have told, for the pages of the operator: fed by what virtual kubelets watch anyway, so that no
 * sidecar is asked anything on its behalf. It is in memory only, and as old as this process.
 */
export class PodBoard implements WatchAudience {
  /** Another after each start: sequences of an earlier process mean nothing. */
  readonly instance: string = randomUUID().slice(0, 8);
  readonly #owners = new Map<string, OwnerBoard>();
  readonly #now: () => number;
  #gone: GonePod[] = [];
  #sequence = 0;
  #forgottenUntil = 0;

  /** @param now milliseconds since the epoch */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** The number of changes until now. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Deletions up to this number are forgotten. */
  get forgottenUntil(): number {
    return this.#forgottenUntil;
  }

  get owners(): OwnerBoard[] {
    return [...this.#owners.values()];
  }

  ownerBoard(owner: Owner): OwnerBoard | undefined {
    return this.#owners.get(ownerKey(owner));
  }

  podOf(owner: Owner, uid: string): PodEntry | undefined {
    return this.ownerBoard(owner)?.pods.get(uid);
  }

  goneAfter(sequence: number): GonePod[] {
    return this.#gone.filter((gone) => gone.sequence > sequence);
  }

  begin(owner: Owner): WatchNews {
    const board = this.#boardOf(owner);
    board.begin(this.#now());
    let snapshot: Set<string> | undefined;
    const remove = (uid: string) => {
      if (board.pods.delete(uid)) this.#noteGone(uid, owner);
    };
    const take = (line: WatchLine, text: string) => {
      if (line.type === 'pod') {
        snapshot?.add(line.uid);
        this.#sequence += 1;
        board.put(line.uid, text, { sequence: this.#sequence, now: this.#now(), isNew: snapshot === undefined });
      } else if (line.type === 'gone') remove(line.uid);
      else if (line.type === 'one-off') board.noteEvent(text, this.#now());
      else if (line.type === 'bookmark' && line.snapshot === 'begin') snapshot = new Set();
      else if (line.type === 'bookmark' && line.snapshot === 'end') {
        for (const uid of board.pods.keys()) if (snapshot?.has(uid) === false) remove(uid);
        snapshot = undefined;
      }
    };
    return {
      line: (line, text) => {
        board.hear(this.#now());
        take(line, text);
      },
      end: () => {
        board.end();
        this.#forgetUnwatched();
      },
    };
  }

  #boardOf(owner: Owner): OwnerBoard {
    const known = this.ownerBoard(owner) ?? new OwnerBoard(owner);
    this.#owners.set(ownerKey(owner), known);
    return known;
  }

  #noteGone(uid: string, owner: Owner): void {
    this.#sequence += 1;
    this.#gone.push({ uid, owner, sequence: this.#sequence });
    if (this.#gone.length <= 2 * maxGone) return;
    this.#forgottenUntil = this.#gone.at(-maxGone - 1)?.sequence ?? 0;
    this.#gone = this.#gone.slice(-maxGone);
  }

  #forgetUnwatched(): void {
    const unwatched = this.owners.filter(({ isWatched }) => !isWatched).toSorted((a, b) => a.heardAt - b.heardAt);
    for (const { owner } of unwatched.slice(0, Math.max(0, unwatched.length - maxUnwatched)))
      this.#owners.delete(ownerKey(owner));
  }
}
