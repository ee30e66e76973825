import { setTimeout as sleep } from 'node:timers/promises';
import { InterLinkError } from '@interlink/sidecar-sdk';
import type { Engine } from '../engine/engine.ts';
import { isNotFound } from '../engine/engine-error.ts';

const pollMs = 100;
const longestMs = 10_000;

/**
 * Removes a container, running or not, and returns when it is gone, also where somebody else removes it already (409): what it uses can't go
 * before it. @throws InterLinkError `unavailable` when that takes too long
 */
export async function removeContainer(engine: Engine, id: string): Promise<void> {
  try {
    await engine.removeContainer(id);
  } catch (error) {
    if (isNotFound(error)) return;
    const isLeaving = error instanceof InterLinkError && error.code === 'already_exists';
    if (!isLeaving) throw error;
    await untilGone(engine, id);
  }
}

async function untilGone(engine: Engine, id: string): Promise<void> {
  for (let waitedMs = 0; waitedMs < longestMs; waitedMs += pollMs) {
    const isGone = await engine.inspectContainer(id).then(() => false, isNotFoundOr);
    if (isGone) return;
    await sleep(pollMs);
  }
  throw new InterLinkError('unavailable', `Container ${id} is being removed for more than ${longestMs / 1_000} s`);
}

function isNotFoundOr(error: unknown): boolean {
  if (isNotFound(error)) return true;
  throw error;
}
