import { notMineCode } from '../folder/claim.ts';
import type { JobState } from '../slurm/job-state.ts';
import type { SlurmJob } from '../slurm/slurm-job.ts';

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
const timedOut: SlurmEnding = {
  ...{ exitCode: terminated, reason: 'DeadlineExceeded' },
  message:
    'Slurm ended the job at its time limit: that of activeDeadlineSeconds, --time (annotation slurm-job.vk.io/flags), or its partition',
  podReason: 'DeadlineExceeded',
};

/**
 * Slurm's words for a job's state (JOB STATE CODES of squeue(1) and sacct(1)), each as a whole: CF is no F. A state that
 * this release does not know counts as running until the job is gone.
 */
const verdicts: Readonly<Record<JobState, Verdict>> = {
  PENDING: queued,
  CONFIGURING: queued,
  REQUEUED: queued,
  REQUEUE_HOLD: queued,
  REQUEUE_FED: queued,
  SPECIAL_EXIT: queued,
  RESV_DEL_HOLD: queued,
  RUNNING: running,
  COMPLETING: running,
  STAGE_OUT: running,
  SIGNALING: running,
  RESIZING: running,
  POWER_UP_NODE: queued,
  SUSPENDED: suspended,
  STOPPED: suspended,
  UPDATE_DB: running,
  UNKNOWN: running,
  COMPLETED: finished,
  FAILED: finished,
  TIMEOUT: { kind: 'ended', ending: timedOut },
  DEADLINE: ended(terminated, 'DeadlineExceeded', 'Slurm ended the job at its deadline', 'DeadlineExceeded'),
  OUT_OF_MEMORY: ended(
    killed,
    'OOMKilled',
    'Slurm ended the job: it used more memory than it had asked for (resources.limits.memory)',
  ),
  CANCELLED: ended(terminated, 'Cancelled', 'The job was cancelled in Slurm', 'Cancelled'),
  PREEMPTED: ended(terminated, 'Preempted', 'Slurm ended the job for one of a higher priority', 'Preempted'),
  REVOKED: ended(terminated, 'Preempted', 'Slurm runs the job in another cluster', 'Preempted'),
  NODE_FAIL: ended(killed, 'NodeFailed', 'The node on which the job ran failed', 'NodeFailed'),
  BOOT_FAIL: ended(killed, 'NodeFailed', 'The node for the job did not boot', 'NodeFailed'),
  RECONFIG_FAIL: ended(killed, 'NodeFailed', 'The node for the job could not be made as it has to be', 'NodeFailed'),
  LAUNCH_FAILED: ended(killed, 'NodeFailed', 'Slurm could not start the job on its node', 'NodeFailed'),
};

export function judgeState(state: JobState): Verdict {
  return verdicts[state];
}

/** Who cancelled it is known where sacct was asked. */
export function endingOf(ending: SlurmEnding, { cancelledBy }: Pick<SlurmJob, 'cancelledBy'>): SlurmEnding {
  return cancelledBy === undefined ? ending : { ...ending, message: `${ending.message}, by user ${cancelledBy}` };
}

/**
 * Whether a job has ended as one does that has not begun its pod: its script says so by its code, or, as scripts of older releases did, by 0.
 * A container may have ended so as well; then the pod's folder tells, or will.
 */
export function endsUnbegun(job: Pick<SlurmJob, 'state' | 'exit'>): boolean {
  const { exitCode = 0, signal = 0 } = job.exit ?? {};
  return isNotMine(job) || (job.state === 'COMPLETED' && exitCode === 0 && signal === 0);
}

/** Whether its script says by its exit code that the pod was not its own. */
export function isNotMine({ state, exit }: Pick<SlurmJob, 'state' | 'exit'>): boolean {
  return state === 'FAILED' && exit?.exitCode === notMineCode;
}

/**
 * A job that ended without its script's last word: Slurm has an exit code, which is 0 only when all of its containers did their work, or
 * when the script of an older release found that the pod was not its own.
 *
 * @param hasBegun whether the job has left any mark that its pod has begun
 */
export function cutOff(job: Pick<SlurmJob, 'state' | 'exit'>, hasBegun: boolean): SlurmEnding {
  if (!hasBegun && endsUnbegun(job)) return unbegun;
  const { state, exit } = job;
  const { exitCode = 0, signal = 0 } = exit ?? {};
  if (state === 'COMPLETED' && exitCode === 0 && signal === 0) {
    return {
      exitCode: 0,
      reason: 'Completed',
      message: 'Slurm says that the job has completed; it has left no record of its containers',
    };
  }
  if (signal > 0) return { exitCode: 128 + signal, reason: 'Error', message: `The job was ended by signal ${signal}` };
  const message = `The job ended with exit code ${exitCode}, says Slurm; it has left no record of its containers`;
  return { exitCode: exitCode === 0 ? killed : exitCode, reason: 'Error', message };
}

const unbegun: SlurmEnding = {
  ...{ exitCode: killed, reason: 'ContainerStatusUnknown' },
  message:
    'The job has ended without having begun the pod: it found no room in its folder, or took it for that of another job',
};

/** Its script was asked to end, not by its sidecar, and did: Slurm then calls the job COMPLETED or FAILED, by its exit code. */
export function askedToLeave(
  { startTime, timeLimitMinutes }: Pick<SlurmJob, 'startTime' | 'timeLimitMinutes'>,
  askedAt: string,
  leadMs: number,
): SlurmEnding {
  const limitMs = timeLimitMinutes === undefined ? undefined : timeLimitMinutes * 60_000;
  const isLimit =
    limitMs !== undefined && startTime !== undefined && Date.parse(askedAt) >= startTime.getTime() + limitMs - leadMs;
  if (isLimit) return timedOut;
  const message =
    'The job was asked to end (SIGTERM) by Slurm, its user or an administrator, not by a deletion of the pod';
  return { exitCode: terminated, reason: 'Terminated', message, podReason: 'Terminated' };
}

/** Nobody knows the job any more. */
export const forgotten: SlurmEnding = {
  ...{ exitCode: killed, reason: 'ContainerStatusUnknown' },
  message: 'Slurm does not know the job any more, and it has left no record of its end',
};

/** Slurm has lost each of its jobs before it began. */
export function lostTooOften(losses: number, jobId: string | undefined): SlurmEnding {
  const message = `Slurm has forgotten ${losses} jobs of the pod before they began, the last one job ${jobId}: it gets no other`;
  return { exitCode: killed, reason: 'JobLost', message, podReason: 'JobLost' };
}

function ended(exitCode: number, reason: string, message: string, podReason?: string): Verdict {
  return { kind: 'ended', ending: { exitCode, reason, message, ...(podReason === undefined ? {} : { podReason }) } };
}
