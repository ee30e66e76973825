import type { PodLife } from '../plan/pod-life.ts';
import type { Interruption } from './interruptions.ts';
import type { LedgerEntry } from './ledger.ts';
import type { Sighting } from './sighting.ts';

/** A promise that the system makes, and does not keep when it is named in a result. */
export type Invariant =
  | 'lost'
  | 'doubled'
  | 'stuck'
  | 'backwards'
  | 'exit code'
  | 'not told'
  | 'left behind'
  | 'ended by itself'
  | 'harness';

export interface Breach {
  readonly invariant: Invariant;
  readonly detail: string;
}

/** All that is known of one container of a pod when the run is over. */
export interface PodTruth {
  readonly uid: string;
  readonly life: PodLife;
  readonly sightings: ReadonlyArray<Sighting>;
  /** Of a pod that the mock plays: none. */
  readonly ledger: ReadonlyArray<LedgerEntry>;
  /** How often its backend says that it created it. */
  readonly creates: number;
  /** Those that concern it. */
  readonly interruptions: ReadonlyArray<Interruption>;
}

export const describePod = ({ uid, life }: Pick<PodTruth, 'uid' | 'life'>) => `${life.name} (${life.backend}, ${uid})`;
