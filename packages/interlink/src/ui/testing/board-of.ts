import type { Owner, PodReport } from '@interlink/protocol';
import { readWatchLine } from '../../fan-out/watch-line.ts';
import { PodBoard } from '../board/pod-board.ts';

/** A board and the streams that feed it, in a test's hands. */
export class FedBoard {
  /** Milliseconds since the epoch. */
  now = 1_000_000;
  readonly board = new PodBoard(() => this.now);

  /** A stream of this owner's pods. @returns what takes its records, and ends it without one */
  watch(owner: Owner): (record?: object) => void {
    const news = this.board.begin(owner);
    return (record) => {
      if (record === undefined) return news.end();
      const text = JSON.stringify(record);
      news.line(readWatchLine(text), text);
    };
  }
}

export function podRecord(pod: PodReport): object {
  return { type: 'pod', cursor: 'c', pod };
}

export function snapshotOf(...pods: PodReport[]): object[] {
  const mark = (snapshot: string) => ({ type: 'bookmark', cursor: 'c', snapshot });
  return [mark('begin'), ...pods.map(podRecord), mark('end')];
}
