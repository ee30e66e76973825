import type { Owner } from '@interlink/protocol';
import type { PodBoard } from '../board/pod-board.ts';
import { type CellName, cellsOf } from '../pages/pod-cells.ts';

/** Rows told at once; the others wait for the next time. */
const maxRows = 500;

/** What has changed since the last time, as the script of the pages takes it. */
export interface PodChanges {
  readonly rows: ReadonlyArray<{ readonly uid: string; readonly cells: Readonly<Record<CellName, string>> }>;
  readonly gone: ReadonlyArray<string>;
}

/**
 * One reader of the changes on a board, who may see some owners. It holds nothing but a place: however slow the reader is, he is told
 * each pod's newest state once.
 */
export class EventFeed {
  readonly #board: PodBoard;
  readonly #sees: (owner: Owner) => boolean;
  #place: number;

  /** @param place the number of the last change that the reader knows of */
  constructor(board: PodBoard, place: number, sees: (owner: Owner) => boolean) {
    this.#board = board;
    this.#place = place;
    this.#sees = sees;
  }

  /** Where the reader is: what he shows when he comes again. */
  get place(): string {
    return `${this.#board.instance}-${this.#place}`;
  }

  /** Undefined when there is nothing for this reader. */
  next(): PodChanges | undefined {
    const after = this.#place;
    if (this.#board.sequence === after) return undefined;
    const visible = this.#board.owners.filter(({ owner }) => this.#sees(owner));
    const changed = visible
      .flatMap(({ pods }) => [...pods.values()].filter(({ sequence }) => sequence > after))
      .toSorted((a, b) => a.sequence - b.sequence);
    const told = changed.slice(0, maxRows);
    this.#place = (changed.length > maxRows ? told.at(-1)?.sequence : undefined) ?? this.#board.sequence;
    const gone = this.#board
      .goneAfter(after)
      .filter(({ owner, sequence }) => sequence <= this.#place && this.#sees(owner))
      .map(({ uid }) => uid);
    if (told.length === 0 && gone.length === 0) return undefined;
    return { rows: told.map(({ uid, row }) => ({ uid, cells: cellsOf(row) })), gone };
  }
}

/** The number in what a reader shows of himself; undefined when it is another process's, or from before what is remembered. */
export function readPlace(board: PodBoard, text: unknown): number | undefined {
  const [instance, digits = ''] = typeof text === 'string' ? text.split('-', 2) : [];
  const place = Number(digits);
  if (instance !== board.instance || !/^\d{1,15}$/.test(digits) || place > board.sequence) return undefined;
  return place < board.forgottenUntil ? undefined : place;
}
