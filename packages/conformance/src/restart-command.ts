import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { InterLinkError } from '@interlink/protocol';

/**
 * An operator's own command as the suite's restart hook. It goes through the shell on purpose, as git's hooks do: it is what
 * the operator typed, and nothing from a pod or an answer is in it. What it writes goes to stderr.
 */
export function restartByCommand(command: string): (signal: AbortSignal) => Promise<void> {
  return async (signal) => {
    const child = spawn(command, { shell: true, stdio: ['ignore', process.stderr, process.stderr], signal });
    const [code, killedBy] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    if (code === 0) return;
    throw new InterLinkError('failed_precondition', `The restart command ended with ${code ?? killedBy}: 0 is wanted`);
  };
}
