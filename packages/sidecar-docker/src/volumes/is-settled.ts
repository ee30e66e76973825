import { stat } from 'node:fs/promises';

/** Longer than the engine has for a create, and the pull of a sandbox's image before it. */
const longestBeginningMs = 15 * 60_000;

/** Whether nobody can still be at work on what was begun there: the process before this one may not have ended yet. */
export async function isSettled(path: string, nowMs: number = Date.now()): Promise<boolean> {
  return (await stat(path)).mtimeMs < nowMs - longestBeginningMs;
}
