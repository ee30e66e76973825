/** What Slurm's state of a job means for its pod. */
export type Verdict =
  /** It has not begun, or will begin again. */
  | { readonly kind: 'queued' }
  | { readonly kind: 'running' }
  | { readonly kind: 'suspended' }
  /** Its script did its last step, or was cut off by something that Slurm has no word for: the job's own record tells. */
  | { readonly kind: 'finished' }
  /** Slurm ended it. */
  | { readonly kind: 'ended'; readonly ending: SlurmEnding };

/** How containers end that were cut off by Slurm; their own record is truer where there is one. */
export interface SlurmEnding {
  readonly exitCode: number;
  readonly reason: string;
  readonly message: string;
  /** Why the pod as a whole has failed, where Kubernetes has a word for it. */
  readonly podReason?: string;
}

const terminated = 143;
const killed = 137;

const queued: Verdict = { kind: 'queued' };
const running: Verdict = { kind: 'running' };
const suspended: Verdict = { kind: 'suspended' };
const finished: Verdict = { kind: 'finished' };

/**
 * Slurm's words for a job's state (JOB STATE CODES of squeue(1) and sacct(1)), each as a whole: CF is no F. A state that is not
 * here is one that Slurm may learn, and counts as running until the job is gone.
 */
const verdicts: Readonly<Record<string, Verdict>> = {
  PENDING: queued,
  CONFIGURING: queued,
  REQUEUED: queued,
  REQUEUE_HOLD: queued,
  REQUEUE_FED: queued,
  SPECIAL_EXIT: queued,
  RESV_DEL_HOLD: queued,
  EXPEDITING: queued,
  RUNNING: running,
  COMPLETING: running,
  STAGE_OUT: running,
  SIGNALING: running,
  RESIZING: running,
  POWER_UP_NODE: queued,
  SUSPENDED: suspended,
  STOPPED: suspended,
  COMPLETED: finished,
  FAILED: finished,
  TIMEOUT: ended(terminated, 'DeadlineExceeded', 'Slurm ended the job at its time limit', 'DeadlineExceeded'),
  DEADLINE: ended(terminated, 'DeadlineExceeded', 'Slurm ended the job at its deadline', 'DeadlineExceeded'),
  OUT_OF_MEMORY: ended(killed, 'OOMKilled', 'Slurm ended the job: it used more memory than it had asked for'),
  CANCELLED: ended(terminated, 'Cancelled', 'The job was cancelled in Slurm', 'Cancelled'),
  PREEMPTED: ended(terminated, 'Preempted', 'Slurm ended the job for one of a higher priority', 'Preempted'),
  REVOKED: ended(terminated, 'Preempted', 'Slurm runs the job in another cluster', 'Preempted'),
  NODE_FAIL: ended(killed, 'NodeFailed', 'The node on which the job ran failed', 'NodeFailed'),
  BOOT_FAIL: ended(killed, 'NodeFailed', 'The node for the job did not boot', 'NodeFailed'),
  LAUNCH_FAILED: ended(killed, 'NodeFailed', 'Slurm could not start the job on its node', 'NodeFailed'),
};

/** Every state of the table. */
export const knownStates: ReadonlyArray<string> = Object.keys(verdicts);

export function judgeState(state: string): Verdict {
  return Object.hasOwn(verdicts, state) ? (verdicts[state] ?? running) : running;
}

/** A job that ended without its script's last word, for which Slurm has only an exit code. */
export function cutOff(exitCode: number | undefined, signal: number | undefined): SlurmEnding {
  if (signal !== undefined && signal > 0) {
    return { exitCode: 128 + signal, reason: 'Error', message: `The job was ended by signal ${signal}` };
  }
  const code = exitCode === undefined || exitCode === 0 ? killed : exitCode;
  return {
    exitCode: code,
    reason: 'Error',
    message: 'The job ended before its script could say how its containers did',
  };
}

/** Nobody knows the job any more. */
export const forgotten: SlurmEnding = {
  ...{ exitCode: killed, reason: 'ContainerStatusUnknown' },
  message: 'Slurm does not know the job any more, and it has left no record of its end',
};

function ended(exitCode: number, reason: string, message: string, podReason?: string): Verdict {
  return { kind: 'ended', ending: { exitCode, reason, message, ...(podReason === undefined ? {} : { podReason }) } };
}
