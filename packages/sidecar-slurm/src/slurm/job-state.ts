/**
 * Every state of a job and its compact name, as squeue and sacct write them; the last ones are flags that are shown in place of the
 * state while they are set. https://slurm.schedmd.com/squeue.html#lbAG and `job_state_string()` of Slurm's source.
 */
const compactNames = {
  PENDING: 'PD',
  RUNNING: 'R',
  SUSPENDED: 'S',
  COMPLETED: 'CD',
  CANCELLED: 'CA',
  FAILED: 'F',
  TIMEOUT: 'TO',
  NODE_FAIL: 'NF',
  PREEMPTED: 'PR',
  BOOT_FAIL: 'BF',
  DEADLINE: 'DL',
  OUT_OF_MEMORY: 'OOM',
  LAUNCH_FAILED: 'LF',
  COMPLETING: 'CG',
  CONFIGURING: 'CF',
  POWER_UP_NODE: 'PN',
  RECONFIG_FAIL: 'RE',
  REQUEUED: 'RQ',
  REQUEUE_FED: 'RF',
  REQUEUE_HOLD: 'RH',
  RESIZING: 'RS',
  RESV_DEL_HOLD: 'RD',
  REVOKED: 'RV',
  SIGNALING: 'SI',
  SPECIAL_EXIT: 'SE',
  STAGE_OUT: 'SO',
  STOPPED: 'ST',
  UPDATE_DB: 'UD',
} as const;

/** A state in its long form; `UNKNOWN` stands for one that this table does not have yet. */
export type JobState = keyof typeof compactNames | 'UNKNOWN';

export const jobStates = Object.keys(compactNames) as ReadonlyArray<keyof typeof compactNames>;

const byName: ReadonlyMap<string, JobState> = new Map(
  jobStates.flatMap((state) => [
    [state, state],
    [compactNames[state], state],
  ]),
);

/** States after which Slurm does nothing more with the job; COMPLETING is not one: its processes may still run. */
const endStates: ReadonlySet<JobState> = new Set([
  'COMPLETED',
  'CANCELLED',
  'FAILED',
  'TIMEOUT',
  'NODE_FAIL',
  'PREEMPTED',
  'BOOT_FAIL',
  'DEADLINE',
  'OUT_OF_MEMORY',
  'LAUNCH_FAILED',
  'RECONFIG_FAIL',
  'REVOKED',
]);

export function isEndState(state: JobState): boolean {
  return endStates.has(state);
}

export interface ParsedState {
  readonly state: JobState;
  /** Of `CANCELLED by 1000` (sacct): the user id. */
  readonly cancelledBy: string | undefined;
}

/** Reads a state whole, long or compact: `CF` is configuring, never an F. */
export function parseJobState(text: string): ParsedState {
  const [, word = '', by] = /^([A-Z_]+)\+?(?: by (\S+))?$/.exec(text.trim()) ?? [];
  return { state: byName.get(word) ?? 'UNKNOWN', cancelledBy: by };
}
