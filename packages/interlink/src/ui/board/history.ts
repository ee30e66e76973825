import { ownerKey } from '@interlink/protocol';
import type { OwnerBoard } from './owner-board.ts';
import { type PodState, podStates } from './pod-row.ts';

/** Six hours, a minute each. */
export const sampleIntervalMs = 60_000;
const maxSamples = 360;
/** Of one owner in one minute; what is over says the same. */
const maxLatencies = 50;

export type StateCounts = Readonly<Record<PodState, number>>;

/** One minute of one owner. */
export interface OwnerSample {
  readonly counts: StateCounts;
  /** Of pods that started: from when InterLink first heard of it until its first container ran, in milliseconds. */
  readonly startLatenciesMs: ReadonlyArray<number>;
}

export interface Sample {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** By {@link ownerKey}: who looks sees the sum of what he may see. */
  readonly owners: ReadonlyMap<string, OwnerSample>;
  /** Requests that InterLink sent to each sidecar in that minute. */
  readonly requests: ReadonlyMap<string, number>;
}

/** The last hours in numbers, in memory: a ring of samples. */
export class History {
  #samples: Sample[] = [];
  /** Whose start has been counted, of pods that are there. */
  #started = new Set<string>();
  #totals = new Map<string, number>();

  /** Oldest first. */
  get samples(): ReadonlyArray<Sample> {
    return this.#samples;
  }

  /** @param totals requests sent to each sidecar since the start of the process */
  take(now: number, owners: ReadonlyArray<OwnerBoard>, totals: ReadonlyMap<string, number>): void {
    const started = new Set<string>();
    const samples = owners.map((board) => [ownerKey(board.owner), this.#sampleOf(board, started)] as const);
    const requests = [...totals].map(([name, total]) => [name, total - (this.#totals.get(name) ?? 0)] as const);
    this.#started = started;
    this.#totals = new Map(totals);
    this.#samples.push({ at: now, owners: new Map(samples), requests: new Map(requests) });
    if (this.#samples.length > maxSamples) this.#samples.shift();
  }

  #sampleOf(board: OwnerBoard, started: Set<string>): OwnerSample {
    const startLatenciesMs: number[] = [];
    for (const { uid, row, firstSeenAt, isSeenFromStart } of board.pods.values()) {
      if (row.startedAt === undefined) continue;
      started.add(uid);
      const isTold = this.#started.has(uid) || !isSeenFromStart || startLatenciesMs.length >= maxLatencies;
      // The backend's clock may be behind, and its times are whole seconds.
      if (!isTold) startLatenciesMs.push(Math.max(0, Date.parse(row.startedAt) - firstSeenAt));
    }
    return { counts: countStates([board]), startLatenciesMs };
  }
}

export function countStates(boards: ReadonlyArray<OwnerBoard>): StateCounts {
  const counts = noCounts();
  for (const { pods } of boards) for (const { row } of pods.values()) counts[row.state] += 1;
  return counts;
}

/** What somebody who may see these owners sees of one minute. */
export function sumOf({ owners }: Sample, keys: ReadonlySet<string>): OwnerSample {
  const counts = noCounts();
  const startLatenciesMs: number[] = [];
  for (const [key, sample] of owners) {
    if (!keys.has(key)) continue;
    for (const state of podStates) counts[state] += sample.counts[state];
    startLatenciesMs.push(...sample.startLatenciesMs);
  }
  return { counts, startLatenciesMs };
}

export function median(numbers: ReadonlyArray<number>): number | undefined {
  return numbers.toSorted((a, b) => a - b)[Math.floor((numbers.length - 1) / 2)];
}

function noCounts(): Record<PodState, number> {
  return { Queued: 0, Starting: 0, Running: 0, Succeeded: 0, Failed: 0, Unreadable: 0 };
}
