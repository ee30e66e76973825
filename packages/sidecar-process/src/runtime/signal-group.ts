import { isAlive } from '../runner/process-identity.ts';
import type { ProcessIdentity } from '../runner/records.ts';

/** Signals a whole process group, if its leader is still the process that was meant. One that has just ended is no error. */
export function signalGroup(leader: ProcessIdentity, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (!isAlive(leader)) return;
  try {
    process.kill(-leader.pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
