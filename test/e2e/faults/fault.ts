import type { DockerData } from '../../testbed/index.ts';
import type { FaultBed } from './fault-bed.ts';

export interface FaultContext {
  readonly bed: FaultBed;
  readonly docker: DockerData | undefined;
  /** How long what goes away stays away. */
  readonly outageMs: number;
  /** Makes names that are new in this run. */
  nameOf(subject: string): string;
}

/** One fault, what must come of it, and how long that took. */
export interface Fault {
  readonly name: string;
  /** In words, for docs/reliability.md. */
  readonly expected: string;
  /** @returns milliseconds by what they measure @throws when it is not as expected */
  run(context: FaultContext): Promise<Readonly<Record<string, number>>>;
}
