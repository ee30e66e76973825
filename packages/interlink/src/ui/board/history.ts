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
  /** Requests that each sidecar made of its backend in that minute, of those that tell. */
  readonly backendRequests: ReadonlyMap<string, number>;
}

/** Requests since the start of whoever made them, by sidecar. */
export interface RequestTotals {
  readonly sent: ReadonlyMap<string, number>;
  readonly ofBackends: ReadonlyMap<string, number>;
}

/** The last hours in numbers, in memory: a ring of samples. */
export class History {
  #samples: Sample[] = [];
  /** Whose start has been counted, of pods that are there. */
  #started = new Set<string>();
  #totals: RequestTotals = { sent: new Map(), ofBackends: new Map() };

  /** Oldest first. */
  get samples(): ReadonlyArray<Sample> {
    return this.#samples;
  }

  take(now: number, owners: ReadonlyArray<OwnerBoard>, totals: RequestTotals): void {
    const started = new Set<string>();
    const samples = owners.map((board) => [ownerKey(board.owner), this.#sampleOf(board, started)] as const);
    const requests = since(totals.sent, this.#totals.sent, 0);
    // What a sidecar did before InterLink began is of no minute.
    const backendRequests = since(totals.ofBackends, this.#totals.ofBackends, undefined);
    this.#started = started;
    this.#totals = totals;
    this.#samples.push({ at: now, owners: new Map(samples), requests, backendRequests });
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

/** What has come since; whoever began anew counts from 0. @param first what a total that is new is compared with; undefined: it is left out */
function since(
  totals: ReadonlyMap<string, number>,
  before: ReadonlyMap<string, number>,
  first: number | undefined,
): Map<string, number> {
  const more = new Map<string, number>();
  for (const [name, total] of totals) {
    const last = before.get(name) ?? first;
    if (last !== undefined) more.set(name, total < last ? total : total - last);
  }
  return more;
}

export function median(numbers: ReadonlyArray<number>): number | undefined {
  return numbers.toSorted((a, b) => a - b)[Math.floor((numbers.length - 1) / 2)];
}

function noCounts(): Record<PodState, number> {
  return { Queued: 0, Starting: 0, Running: 0, Succeeded: 0, Failed: 0, Unreadable: 0 };
}
