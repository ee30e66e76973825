import type { SlurmTrouble } from '../slurm-error.ts';
import type { CommandOutput } from './run-command.ts';
import type { SlurmProgram } from './slurm-commands.ts';

/** Nothing answered at all, so nothing can have been done. Slurm's words: `slurm_errno.c`; ssh's: `sshconnect.c`. */
const unreachable = [
  /Unable to contact slurm controller \(connect failure\)/,
  /Communication connection failure/,
  /backup controller in standby mode|Controller is in standby mode/,
  /Protocol authentication error|Munge encode failed|Failed to connect to authentication agent/,
  /Can't find an address, check slurm\.conf|Could not establish a configuration source|Unable to process configuration/,
  /Problem talking to (the )?database|Unable to connect to database/,
  /ssh: (connect to host|Could not resolve)|Permission denied \(|Host key verification failed/,
  /kex_exchange_identification: |(sh|bash|ksh|zsh): .*: (command )?not found|env: .*: No such file or directory/,
];

/** The connection broke off while something may have been under way. */
const brokenOff = [
  /Unable to contact slurm controller/,
  /Socket timed out on send\/recv operation|Zero Bytes were transmitted or received|Received message length/,
  /Message (send|receive) failure|Unexpected message received|Insane message length|Failed to send entire message/,
  /Connection (reset|refused|closed|timed out)|Broken pipe|No route to host|Transport endpoint|Connection to .* closed/i,
  /Timeout, server .* not responding|client_loop:/,
];

/** A limit that passes. */
const limits = [
  /temporarily unable to accept job|Resource temporarily unavailable|try again later|Unable to create job record, try again/i,
  /(QOS|Assoc)\w*(MaxSubmit|GrpSubmit)\w*/,
];

/**
 * What became of a command that did not succeed.
 * @param args the command's own, some of them a pod's: what they put into its words tells nothing
 */
export function diagnose(output: CommandOutput, program: SlurmProgram, args: ReadonlyArray<string>): SlurmTrouble {
  const words = withoutEcho(wordsOf(output), args);
  const unknown = program === 'sbatch' ? 'uncertain' : 'away';
  // It tries for minutes to signal a job that waits; a controller that is away it tells of before its deadline.
  if (program === 'scancel' && output.ending === 'late') return 'busy';
  const has = (patterns: ReadonlyArray<RegExp>) => patterns.some((pattern) => pattern.test(words));
  if (output.ending === 'unstarted') return 'away';
  if (output.ending !== 'exited' || output.exitCode === 0) return unknown;
  if (has(limits)) return 'busy';
  if (has(unreachable)) return 'away';
  return has(brokenOff) ? unknown : 'refused';
}

/** True when sbatch was stopped while it waited for its turn: at MaxJobCount it tries for minutes, and the controller is well. */
export function isAtLimit({ ending, stderr }: CommandOutput): boolean {
  return ending === 'late' && /temporarily unable to accept job/.test(stderr);
}

/** What the command said, as one line without its own name. */
export function describe({ ending, exitCode, ...output }: CommandOutput, program: string, deadlineMs: number): string {
  const words = wordsOf(output)
    .split('\n')
    .map((line) => line.replace(/^\w+: (error: )?(Batch job submission failed: )?/, '').trim())
    .filter((line) => line !== '')
    .join('; ')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
    .replaceAll(/[\u0000-\u001f\u007f]/g, ' ')
    .slice(0, 1_000);
  const colon = words === '' ? '' : `: ${words}`;
  switch (ending) {
    case 'exited':
      return exitCode === 0
        ? `${program} answered what is not understood${colon}`
        : `${program} exited with code ${exitCode}${colon}`;
    case 'killed':
      return `${program} was killed${colon}`;
    case 'late':
      return `${program} did not end within ${deadlineMs / 1_000} s${colon}`;
    case 'overflow':
      return `${program} wrote more than is read of it`;
    case 'unbegun':
    case 'unstarted':
      return `${program} could not be started${colon}`;
  }
}

/** sbatch repeats what it does not know: `invalid partition specified: …`. */
function withoutEcho(words: string, args: ReadonlyArray<string>): string {
  const patterns = [...unreachable, ...brokenOff, ...limits];
  const values = args.flatMap((arg) => [arg, arg.slice(arg.indexOf('=') + 1)]);
  const misleading = values.filter((value) => patterns.some((pattern) => pattern.test(value)));
  return misleading.reduce((text, value) => text.replaceAll(value, ''), words);
}

function wordsOf({ stderr, stdout }: Pick<CommandOutput, 'stderr' | 'stdout'>): string {
  return stderr.trim() === '' ? stdout.slice(0, 1_000) : stderr;
}
