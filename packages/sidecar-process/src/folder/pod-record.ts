import type { Owner, Pod } from '@interlink/sidecar-sdk';
import type { Child, Ending, ProcessIdentity, RunOrder } from '../runner/records.ts';
import type { StopOrder } from './pod-folder.ts';

/** What a pod's folder and the process table say of it, read at one moment. */
export interface PodRecord<State = AttemptRecordState> {
  readonly owner: Owner;
  /** With its updates applied; its ephemeral containers are those that updates have added. */
  readonly pod: Pod;
  /** RFC 3339. */
  readonly acceptedAt: string;
  readonly stop: StopOrder | undefined;
  /** Of each container the newest first. */
  readonly attempts: ReadonlyArray<AttemptRecord<State>>;
}

export interface AttemptRecord<State = AttemptRecordState> {
  readonly container: string;
  /** Counts from 0. */
  readonly number: number;
  readonly order: RunOrder;
  readonly state: State;
}

export type AttemptRecordState = KnownState | LostState;

export type KnownState =
  /** No runner has taken it. */
  | { readonly kind: 'ordered' }
  | { readonly kind: 'starting'; readonly runner: ProcessIdentity }
  | { readonly kind: 'running'; readonly runner: ProcessIdentity; readonly child: Child }
  | { readonly kind: 'ended'; readonly ending: Ending };

/** Its runner is gone without a word. */
export interface LostState {
  readonly kind: 'lost';
  readonly child: Child | undefined;
}

/** One that runs now, and what {@link ../exec/start-command.ts} and the meter need of it. */
export interface RunningAttempt {
  readonly number: number;
  readonly order: RunOrder;
  readonly child: Child;
}

export function runningAttempt({ attempts }: PodRecord, container: string): RunningAttempt | undefined {
  for (const { container: of, number, order, state } of attempts) {
    if (of === container && state.kind === 'running') return { number, order, child: state.child };
  }
  return undefined;
}
