import type { LedgerEntry } from './ledger.ts';
import type { Sighting } from './sighting.ts';

/** A time in which a fault ended what ran, or what was about to. */
export interface Interruption {
  /** Seconds since this machine was started. */
  readonly fromS: number;
  readonly toS: number;
  /** `starts`: only what was being started, which its runtime calls a `StartError`, as a kubelet's does. */
  readonly ends: 'all' | 'starts';
}

const isOver = ({ phase, isGone }: Sighting) => isGone || phase === 'Succeeded' || phase === 'Failed';

/** How many of them a pod has met: it was there, and not known to be over. */
export function timesMet(sightings: ReadonlyArray<Sighting>, interruptions: ReadonlyArray<Interruption>): number {
  const [first] = sightings;
  if (first === undefined) return 0;
  const overAtS = sightings.find(isOver)?.atS ?? Number.POSITIVE_INFINITY;
  return interruptions.filter(({ fromS, toS }) => first.atS < toS && overAtS > fromS).length;
}

/** Those of them that may be why a pod failed. @param sightings of all of its containers */
export function concerning(
  sightings: ReadonlyArray<Sighting>,
  interruptions: ReadonlyArray<Interruption>,
): Interruption[] {
  const hadStartError = sightings.some(({ reason }) => reason === 'StartError');
  return interruptions.filter(({ ends }) => ends === 'all' || hadStartError);
}

/** Whether an attempt that began then can't run any more when another begins. */
export function hasCutOff(interruptions: ReadonlyArray<Interruption>, begun: LedgerEntry, next: LedgerEntry): boolean {
  return interruptions.some(({ fromS, toS, ends }) => ends === 'all' && begun.atS < toS && next.atS > fromS);
}
