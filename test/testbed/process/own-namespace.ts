import { readFileSync } from 'node:fs';
import type { CommandLine } from './die-with-parent.ts';

/**
 * A command whose process, and all that it ever starts, are in a process namespace of their own: when the first process there is
 * killed, the kernel ends all of them, daemons too. `docker-init` is that first one: it hands signals on and reaps orphans. What it
 * mounts is seen by nobody else. Stop it by {@link killChildren}.
 *
 * @param mounts shell commands that come before it
 */
export function inOwnNamespace(file: string, args: readonly string[], mounts: readonly string[] = []): CommandLine {
  const script = [...mounts, 'exec docker-init -- "$@"'].join(' && ');
  const flags = ['--mount', '--propagation', 'slave', '--pid', '--fork', '--kill-child', '--mount-proc'];
  return ['unshare', [...flags, 'sh', '-c', script, 'sh', file, ...args]];
}

/**
 * `unshare` waits for the first process of the namespace and ignores signals itself. It ends when that one has, and that
 * one is the last to go: whatever else was in the namespace is gone by then.
 */
export function killChildren(pid: number, signal: NodeJS.Signals): void {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    // None yet: it has not come so far, and still heeds signals.
    for (const target of (children || `${pid}`).split(' ')) process.kill(Number(target), signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ESRCH') throw error;
  }
}
