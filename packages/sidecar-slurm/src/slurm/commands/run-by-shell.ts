import { isDeepStrictEqual } from 'node:util';
import { CommandShell } from './command-shell.ts';
import type { CommandOrder, CommandOutput, RunCommand } from './run-command.ts';

/** A `RunCommand` for programs that are run again and again: shells start them, as many as there are commands at once. */
export function runByShell(): RunCommand {
  let idle: CommandShell[] = [];
  return async (order) => {
    if (order.argv.some((word) => word.includes('\0'))) return unstarted('a word has null bytes');
    idle = idle.filter(({ isOver }) => !isOver);
    const known = idle.findLast(({ env }) => isDeepStrictEqual(env, order.env));
    idle = idle.filter((one) => one !== known);
    const shell = known ?? start(order);
    if (shell instanceof Error) return unstarted(shell.message);
    const output = await shell.run(order);
    if (!shell.isOver) idle.push(shell);
    return output;
  };
}

function start({ env }: CommandOrder): CommandShell | Error {
  try {
    return new CommandShell(env);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function unstarted(stderr: string): CommandOutput {
  return { ending: 'unstarted', exitCode: undefined, stdout: '', stderr };
}
