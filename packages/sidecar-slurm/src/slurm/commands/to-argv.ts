import { quoteWord } from '@interlink/sidecar-sdk';
import { outputVariables, steeringVariables } from './client-environment.ts';
import type { CommandLine } from './slurm-commands.ts';

/**
 * The words that run a program with these arguments. A remote one gets its variables by env(1), since ssh passes none on; behind
 * ssh's host each word is quoted for the shell that reads it there.
 */
export function toArgv({ argv, remoteFrom }: CommandLine, args: ReadonlyArray<string>): string[] {
  if (remoteFrom === undefined) return [...argv, ...args];
  const unset = steeringVariables.flatMap((name) => ['-u', name]);
  const set = Object.entries(outputVariables).map(([name, value]) => `${name}=${value}`);
  const remote = ['env', ...unset, ...set, ...argv.slice(remoteFrom), ...args];
  return [...argv.slice(0, remoteFrom), ...remote.map(quoteWord)];
}
