import { InterLinkError } from '@interlink/sidecar-sdk';

/** What `reason` of an error of these commands says. */
export const slurmReasons = {
  /** `failed_precondition`: Slurm will not do this, however often it is asked. */
  refused: 'SlurmRefused',
  /** `unavailable`: no answer, from the controller, the accounting database or the host that runs the command. */
  away: 'SlurmUnavailable',
  /** `unavailable`: a limit of jobs or of requests is reached. */
  busy: 'SlurmBusy',
  /** `unavailable`: nobody knows whether the job was accepted. */
  uncertain: 'SlurmSubmitUncertain',
} as const;

/**
 * True when a failed {@link SlurmApi.submit} may have made a job all the same (its deadline passed, it was killed, the answer was
 * lost): the pod's UID is to be looked up before it is submitted again. After any other error no job was made.
 */
export function isUncertain(error: unknown): boolean {
  return error instanceof InterLinkError && error.reason === slurmReasons.uncertain;
}
