import type { ChildProcess } from 'node:child_process';

/** Ends a child that leads a process group, with all that it has begun: SIGTERM, and SIGKILL `killAfterMs` later. */
export function endProcessGroup(child: ChildProcess, killAfterMs: number): void {
  const kill = (signal: 'SIGTERM' | 'SIGKILL') => {
    // Until it was waited for, nobody else has its pid.
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    try {
      process.kill(-child.pid, signal);
    } catch {
      // It is about to be gone.
    }
  };
  kill('SIGTERM');
  setTimeout(() => kill('SIGKILL'), killAfterMs).unref();
}
