import { fileURLToPath } from 'node:url';
import { type CommandResult, runCommand } from '../../testbed/index.ts';

const main = fileURLToPath(new URL('../../../packages/cli/src/main.ts', import.meta.url));

/** How a process of the product ended that was not to stay. */
export interface ProgramEnd extends CommandResult {
  /** What it said on standard error for people: all but its log. */
  readonly complaints: ReadonlyArray<string>;
}

/** Runs one of the product's commands to its end, which must come by itself, with these variables and none of the caller's. */
export async function runProgram(
  args: ReadonlyArray<string>,
  env: Readonly<Record<string, string>>,
): Promise<ProgramEnd> {
  const path = { PATH: process.env.PATH ?? '' };
  const result = await runCommand(process.execPath, ['--conditions=interlink-source', main, ...args], {
    env: { ...path, ...env },
    timeoutMs: 120_000,
  });
  const complaints = result.stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'));
  return { ...result, complaints };
}
