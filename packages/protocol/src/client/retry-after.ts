import { setTimeout as delay } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { InterLinkError } from '../errors/interlink-error.ts';

/** A peer that puts a request off for longer is not waited for: its answer is an error like others. */
const maxWaitSeconds = 30;
/** Up to this much later, so that many that were put off together don't come together. */
const spread = 0.25;

/** How long a peer wants a request to wait. @returns undefined when it has answered it */
export function retryAfterMs({
  statusCode,
  headers,
}: Pick<Dispatcher.ResponseData, 'statusCode' | 'headers'>): number | undefined {
  const text = headers['retry-after'];
  if (statusCode !== 429 || typeof text !== 'string' || !/^\d{1,9}$/.test(text)) return undefined;
  const seconds = Number(text);
  return seconds > maxWaitSeconds ? undefined : seconds * 1_000 * (1 + spread * Math.random());
}

/** @throws InterLinkError `cancelled` by the signal */
export async function waitForTurn(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await delay(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    throw InterLinkError.from(error);
  }
}
