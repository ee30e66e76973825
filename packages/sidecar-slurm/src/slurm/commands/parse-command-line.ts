import { basename } from 'node:path';
import { InterLinkError, splitWords } from '@interlink/sidecar-sdk';
import type { CommandLine } from './slurm-commands.ts';

/** ssh's options that take a value: https://man.openbsd.org/ssh#SYNOPSIS */
const valuedOptions = 'BbcDEeFIiJLlmOoPpQRSWw';

/** Programs that would read our words as a shell's text. */
const shells: ReadonlySet<string> = new Set([
  ...['sh', 'bash', 'dash', 'ksh', 'zsh', 'csh', 'tcsh', 'fish', 'su', 'rsh'],
]);

/**
 * Reads the configured way to a Slurm program: `/usr/bin/sbatch`, or several words as a shell would split them, `ssh login sbatch`.
 * What comes after ssh's host is read by a shell over there, and will be quoted for it word by word.
 * @param key the setting that it comes from: `SbatchPath`
 * @throws InterLinkError `invalid_argument`
 */
export function parseCommandLine(text: string, key: string): CommandLine {
  const refuse = (problem: string) =>
    new InterLinkError('invalid_argument', `${key} is ${JSON.stringify(text)}: ${problem}`);
  const argv = splitWords(text);
  if (argv === undefined) throw refuse('a quote is not closed');
  if (argv.length === 0 || argv.includes('')) throw refuse('a program is wanted, for example "/usr/bin/sbatch"');
  const shell = argv.find((word) => shells.has(basename(word)));
  if (shell !== undefined) throw refuse(`a program is wanted, not a shell (${shell})`);
  const ssh = argv.findIndex((word) => basename(word) === 'ssh');
  if (ssh === -1) return { argv, remoteFrom: undefined };
  const remoteFrom = findRemoteCommand(argv, ssh + 1);
  if (remoteFrom === undefined) throw refuse('a host and a program are wanted after ssh: "ssh login sbatch"');
  return { argv, remoteFrom };
}

/** Where ssh's own words end: it takes options before the host, and again behind it, until the first other word or `--`. */
function findRemoteCommand(argv: ReadonlyArray<string>, from: number): number | undefined {
  const host = skipOptions(argv, from);
  const command = skipOptions(argv, host + 1);
  return command < argv.length ? command : undefined;
}

function skipOptions(argv: ReadonlyArray<string>, from: number): number {
  let at = from;
  for (let word = argv[at]; word?.startsWith('-') && word !== '-'; word = argv[at]) {
    at += 1;
    if (word === '--') break;
    // The first letter that takes a value ends the word: what is behind it is the value, else the next word is.
    const valued = [...word].findIndex((letter, index) => index > 0 && valuedOptions.includes(letter));
    if (valued === word.length - 1) at += 1;
  }
  return at;
}
