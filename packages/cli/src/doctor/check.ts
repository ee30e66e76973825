import type { DoctorContext } from './context.ts';

/** Where the doctor is run: beside the virtual kubelet, or beside InterLink and its sidecars. */
export const sides = ['cluster', 'site'] as const;
export type Side = (typeof sides)[number];

/** What a check found: one thing each. */
export type Finding =
  | { readonly outcome: 'ok'; readonly what: string }
  /** `what` is the reason why nothing can be said. */
  | { readonly outcome: 'skipped'; readonly what: string }
  | ({ readonly outcome: 'warning' | 'problem' } & Advice);

export type Outcome = Finding['outcome'];

/** Of something that is not as it should be. */
export interface Advice {
  readonly what: string;
  /** What comes of it. */
  readonly why: string;
  /** What to do, with the command or the key where there is one. */
  readonly fix: string;
}

/** One thing that usually goes wrong. It changes nothing, and what it throws is a finding. */
export interface Check {
  readonly name: string;
  /** One line, for docs/doctor.md. */
  readonly summary: string;
  readonly sides: ReadonlyArray<Side>;
  /** Default: 10 s. */
  readonly timeoutMs?: number;
  /** @throws NotApplicable when nothing can be said here */
  run(context: DoctorContext, signal: AbortSignal): Promise<ReadonlyArray<Finding>>;
}

export const ok = (what: string): Finding => ({ outcome: 'ok', what });
export const warning = (advice: Advice): Finding => ({ outcome: 'warning', ...advice });
export const problem = (advice: Advice): Finding => ({ outcome: 'problem', ...advice });

/** Nothing can be said: the message is the reason. */
export class NotApplicable extends Error {
  override readonly name = 'NotApplicable';
}
