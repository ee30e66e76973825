import { InterLinkError } from '@interlink/sidecar-sdk';
import { isNotFound } from '../engine/engine-error.ts';

/** Waits for a request about a container that may be gone by then, or on its way (409). */
export async function unlessGone(request: Promise<void>): Promise<void> {
  try {
    await request;
  } catch (error) {
    const isLeaving = error instanceof InterLinkError && error.code === 'already_exists';
    if (!isNotFound(error) && !isLeaving) throw error;
  }
}
