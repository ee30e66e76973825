import type { ChildProcess } from 'node:child_process';

/** Whether a child that was spawned with pipes has them. With EMFILE it has not, whatever its type says, and tells the error only later. */
export function hasPipes({ stdout, stderr }: ChildProcess): boolean {
  return stdout != null && stderr != null;
}
