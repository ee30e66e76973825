import { type HttpTarget, PodClient, type PodReport, type StreamRecord } from '@interlink/protocol';
import { onTestFinished } from 'vitest';
import { owner } from './watched-sidecar.ts';

/** A client of a watch that holds what it is told, as a virtual kubelet does. Ends with the test. */
export class WatchReader {
  readonly records: StreamRecord[] = [];
  readonly pods = new Map<string, PodReport>();
  /** How the watch ended; undefined while it is open. */
  end: 'ended' | Error | undefined;
  cursor: string | undefined;
  readonly #stop = new AbortController();
  #unseen: Set<string> | undefined;

  constructor(target: HttpTarget, before?: WatchReader) {
    this.cursor = before?.cursor;
    for (const [uid, pod] of before?.pods ?? []) this.pods.set(uid, pod);
    void this.#read(target);
    onTestFinished(() => this.stop());
  }

  stop(): void {
    this.#stop.abort();
  }

  /** Those that are no pods: `event/reason`, or the type. */
  get kinds(): string[] {
    return this.records.map((record) => (record.type === 'event' ? `event/${record.event.reason}` : record.type));
  }

  jobOf(uid: string): string | undefined {
    return this.pods.get(uid)?.status.jobID;
  }

  async #read(target: HttpTarget): Promise<void> {
    try {
      const { signal } = this.#stop;
      for await (const record of new PodClient(target, owner).watchPods({ cursor: this.cursor, signal }))
        this.#take(record);
      this.end = 'ended';
    } catch (error) {
      this.end = error as Error;
    }
  }

  #take(record: StreamRecord): void {
    this.records.push(record);
    if (record.type === 'pod') {
      this.pods.set(record.pod.uid, record.pod);
      this.#unseen?.delete(record.pod.uid);
    } else if (record.type === 'gone') this.pods.delete(record.uid);
    else if (record.type === 'bookmark' && record.snapshot === 'begin') this.#unseen = new Set(this.pods.keys());
    else if (record.type === 'bookmark' && record.snapshot === 'end') {
      for (const uid of this.#unseen ?? []) this.pods.delete(uid);
      this.#unseen = undefined;
    }
    if ('cursor' in record && this.#unseen === undefined) this.cursor = record.cursor;
  }
}
