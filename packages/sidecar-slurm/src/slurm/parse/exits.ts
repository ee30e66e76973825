import type { JobExit } from '../slurm-job.ts';

/**
 * How a job ended: `code:signal` (sacct, squeue of 24.11), or squeue's raw wait status of 22.05, where `256` is exit code 1 and `15`
 * signal 15. Undefined for what is neither.
 */
export function parseExit(text: string): JobExit | undefined {
  const match = /^(\d+)(?::(\d+))?$/.exec(text.trim());
  if (match === null) return undefined;
  const [, first, second] = match;
  if (second !== undefined) return { exitCode: Number(first), signal: Number(second) };
  const status = Number(first);
  const signal = status & 0x7f;
  return { exitCode: signal === 0 ? (status >> 8) & 0xff : 0, signal };
}
