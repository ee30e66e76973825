import { isDeepStrictEqual } from 'node:util';
import { CommandShell } from './command-shell.ts';
import type { CommandOrder, CommandOutput, RunCommand } from './run-command.ts';

/** Where the programs of a queue are run, how many of them are there, and whether the last one that has ended has failed. */
interface Queue {
  readonly shell: CommandShell;
  given: number;
  hasFailed: boolean;
}

/**
 * A `RunCommand` for programs that are run again and again: shells start them, as many as there are commands at once. The next program of a
 * queue is given to the shell that runs the one before, and which goes on to it by itself.
 */
export function runByShell(): RunCommand {
  const queues = new Map<string, Queue>();
  let idle: CommandShell[] = [];
  const take = (order: CommandOrder) => {
    idle = idle.filter(({ isOver }) => !isOver);
    const known = idle.findLast(({ env }) => isDeepStrictEqual(env, order.env));
    idle = idle.filter((one) => one !== known);
    return known ?? start(order);
  };
  const giveBack = (shell: CommandShell) => {
    if (!shell.isOver && shell.isIdle && !idle.includes(shell)) idle.push(shell);
  };
  return async (order) => {
    if (order.argv.some((word) => word.includes('\0'))) return withoutStart('unstarted', 'a word has null bytes');
    const { name, isNext } = order.queue ?? { name: undefined, isNext: false };
    const before = name !== undefined && isNext ? queues.get(name) : undefined;
    const isUnderWay = before !== undefined && before.given > 0;
    if (before?.hasFailed || (isUnderWay && before.shell.isOver)) return withoutStart('unbegun', '');
    const shell = isUnderWay ? before.shell : take(order);
    if (shell instanceof Error) return withoutStart('unstarted', shell.message);
    const queue = isUnderWay ? before : { shell, given: 0, hasFailed: false };
    if (name !== undefined) queues.set(name, queue);
    queue.given += 1;
    const output = isUnderWay ? await shell.runNext(order) : await shell.run(order);
    queue.given -= 1;
    queue.hasFailed = output.exitCode !== 0;
    giveBack(shell);
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

function withoutStart(ending: 'unstarted' | 'unbegun', stderr: string): CommandOutput {
  return { ending, exitCode: undefined, stdout: '', stderr };
}
