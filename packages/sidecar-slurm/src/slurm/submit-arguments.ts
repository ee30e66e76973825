import { InterLinkError } from '@interlink/sidecar-sdk';
import { renderIdentity } from './job-identity.ts';
import type { SubmitOrder } from './submit-order.ts';

/**
 * sbatch's arguments. Ours come after the pod's and the site's, since the last one counts, and stand in every command, whatever the site's
 * defaults are. https://slurm.schedmd.com/sbatch.html
 * @throws InterLinkError `failed_precondition` when the identity does not fit, `internal` when an option is none
 */
export function toSubmitArguments(order: SubmitOrder): string[] {
  const stray = order.options.find((option) => !/^--[a-z]/.test(option));
  if (stray !== undefined) throw new InterLinkError('internal', `${JSON.stringify(stray)} is not an option of sbatch`);
  const output = toFileName(order.outputPath);
  return [
    ...order.options,
    '--parsable',
    `--job-name=${order.jobName}`,
    `--comment=${renderIdentity(order.identity)}`,
    `--output=${output}`,
    `--error=${output}`,
    `--chdir=${order.workingDirectory}`,
    `--export=${order.export}`,
    `--${order.requeue}`,
    ...(order.endWarning === undefined ? [] : [`--signal=B:TERM@${order.endWarning.secondsBefore}`]),
    order.scriptPath,
    ...order.scriptArguments,
  ];
}

/** A file name as sbatch's pattern for it: `%%` is a percent sign. */
function toFileName(path: string): string {
  return path.replaceAll('%', '%%');
}

/** Reads what `--parsable` prints: `123`, or `123;cluster`. Something else may have written lines before it. */
export function parseJobId(stdout: string): string | undefined {
  const lines = stdout.split('\n').map((line) => /^(\d+)(;\S+)?$/.exec(line.trim())?.[1]);
  return lines.findLast((id) => id !== undefined);
}
