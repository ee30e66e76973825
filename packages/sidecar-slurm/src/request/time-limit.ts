import type { PodSpec } from '@interlink/sidecar-sdk';

/** A kubelet's, for pods that say nothing. */
const defaultGraceSeconds = 30;
/** How much earlier than asked Slurm may send the signal of `--signal`: https://slurm.schedmd.com/sbatch.html#OPT_signal */
const signalEarlySeconds = 60;
/** The most that sbatch takes there. */
const maxSignalSeconds = 65_535;

export function graceSeconds({ terminationGracePeriodSeconds }: PodSpec): number {
  return terminationGracePeriodSeconds ?? defaultGraceSeconds;
}

/** How long before the time limit Slurm may send its signal. */
export function signalLeadSeconds(spec: PodSpec): number {
  return graceSeconds(spec) + signalEarlySeconds;
}

/**
 * Slurm's limit for a pod with a deadline, which the script itself keeps to the second: so much later that Slurm's own signal never
 * comes before, in whole minutes as Slurm counts. Where the partition ends jobs before that, but not before the deadline, its limit.
 * @param longestSeconds what the partition lets jobs have; undefined: no limit, or not known
 */
export function toTimeLimit(spec: PodSpec, longestSeconds: number | undefined): number | undefined {
  const { activeDeadlineSeconds: deadline } = spec;
  if (deadline === undefined) return undefined;
  const wanted = Math.ceil((deadline + graceSeconds(spec) + signalEarlySeconds) / 60) * 60;
  if (longestSeconds === undefined || wanted <= longestSeconds) return wanted;
  return Math.max(Math.ceil(deadline / 60) * 60, Math.floor(longestSeconds / 60) * 60);
}

/** Minutes, `--time`'s plainest form. */
export function renderTime(seconds: number): string {
  return `${Math.ceil(seconds / 60)}`;
}

/** TERM for the script alone, as long before Slurm's limit as the pod may take to end. */
export function renderSignal(spec: PodSpec): string {
  return `--signal=B:TERM@${Math.min(Math.max(1, graceSeconds(spec)), maxSignalSeconds)}`;
}
