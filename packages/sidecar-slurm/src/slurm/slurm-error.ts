import { type ErrorCode, InterLinkError } from '@interlink/sidecar-sdk';

/** What became of a command that failed. */
export type SlurmTrouble =
  /** Slurm will not do this, however often it is asked: `failed_precondition`. */
  | 'refused'
  /** No answer, from the controller, the accounting database or the host that runs the command: `unavailable`. */
  | 'away'
  /** A limit of jobs or of requests is reached: `unavailable`. */
  | 'busy'
  /** Nobody knows whether the job was accepted: `unavailable`. */
  | 'uncertain';

/** An error's `reason` for each. */
const reasonOf: Readonly<Record<SlurmTrouble, string>> = {
  refused: 'SlurmRefused',
  away: 'SlurmUnavailable',
  busy: 'SlurmBusy',
  uncertain: 'SlurmSubmitUncertain',
};

/** The error that a call of {@link SlurmApi} ends with. */
export function slurmError(trouble: SlurmTrouble, message: string): InterLinkError {
  const code: ErrorCode = trouble === 'refused' ? 'failed_precondition' : 'unavailable';
  return new InterLinkError(code, message, { reason: reasonOf[trouble] });
}

/** Which trouble an error tells; undefined when it is none of {@link slurmError}'s. */
export function troubleOf(error: unknown): SlurmTrouble | undefined {
  if (!(error instanceof InterLinkError)) return undefined;
  const known: ReadonlyArray<SlurmTrouble> = ['refused', 'away', 'busy', 'uncertain'];
  return known.find((trouble) => reasonOf[trouble] === error.reason);
}

/**
 * True when a failed {@link SlurmApi.submit} may have made a job all the same (its deadline passed, it was killed, the answer was
 * lost): the pod's UID is to be looked up before it is submitted again. After any other error no job was made.
 */
export function isUncertain(error: unknown): boolean {
  return troubleOf(error) === 'uncertain';
}
