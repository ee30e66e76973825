/**
 * The files of one attempt to run a container, in `containers/<container>/<attempt>/`. They are the only store: the sidecar
 * and the runner talk through them alone. Each is written whole (a temporary file, then rename or link), once.
 */
export const attemptFiles = {
  /** Written by the sidecar: {@link RunOrder}. */
  order: 'order.json',
  /** Written by the runner that takes the order, exclusively: {@link Claim}. A second runner finds it and leaves. */
  claim: 'claim.json',
  /** Written by the runner: {@link Child}. */
  child: 'child.json',
  /** Written by the runner, or by the sidecar for a runner that was lost: {@link Ending}. */
  ending: 'ending.json',
  /** The output, in the CRI's log format. */
  log: 'output.log',
  /** Where the container may leave its last word: text. */
  termination: 'termination-log',
} as const;

/** What to run. */
export interface RunOrder {
  readonly argv: ReadonlyArray<string>;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** As the pod has it: {@link ./working-folder.ts} says what becomes of it. */
  readonly workingDir?: string;
  /** An existing folder. */
  readonly scratch: string;
  /** How many attempts in a row ended soon before this one: sets the back-off after it. */
  readonly failuresBefore: number;
}

/** A process that a pid alone does not name: pids are used again, start times within one boot are not. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since boot, and the boot's id; empty where there is no /proc. */
  readonly startTime: string;
}

export interface Claim {
  /** Undefined when the sidecar took the order itself, so that no late runner does. */
  readonly runner?: ProcessIdentity;
}

export interface Child {
  /** Leads the process group that a delete signals. */
  readonly process: ProcessIdentity;
  /** RFC 3339. */
  readonly startedAt: string;
}

/** How it ended; times are RFC 3339. */
export interface Ending {
  /** As a shell counts: 128 plus the number of the signal. */
  readonly exitCode: number;
  readonly signal?: number;
  /** Absent when it never ran. */
  readonly startedAt?: string;
  readonly finishedAt: string;
  /** Default: `Completed` for 0, else `Error`. */
  readonly reason?: string;
  readonly message?: string;
}
