import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { InterLinkError, type LogOptions } from '@interlink/protocol';
import type { Logger } from '@interlink/service-kit';
import type { PodLookup } from './known-pod.ts';
import { refuseMissingLog } from './log-availability.ts';
import { readLogQuery } from './log-query.ts';
import { type Refusal, sendRefusal } from './refusal.ts';
import { refuseNotRun } from './refuse-not-run.ts';

/** Opens a container's log; the bytes end when the log ends, or with the signal. Failures are InterLinkError. */
export type OpenLog = (
  uid: string,
  container: string,
  options: LogOptions,
  signal: AbortSignal,
) => Promise<AsyncIterable<Uint8Array>>;

export interface LogRequest {
  namespace: string;
  pod: string;
  container: string;
  /** As it is in the request line. */
  query: string;
}

export interface LogSource {
  pods: PodLookup;
  logs: OpenLog;
  /** Aborts when followed logs must end. Default: never. */
  stopping?: AbortSignal | undefined;
  logger: Logger;
}

/** Answers `GET /containerLogs/{namespace}/{pod}/{container}`: the bytes as they come, at the pace of the reader, until the log ends or the reader leaves. */
export async function sendContainerLog(
  request: LogRequest,
  response: ServerResponse,
  { pods, logs, stopping, logger }: LogSource,
): Promise<void> {
  const { options, refusal: badQuery } = readLogQuery(request.query);
  if (badQuery !== undefined) return sendRefusal(response, badQuery);
  const known = pods.find(request.namespace, request.pod);
  const uid = known?.pod.metadata?.uid;
  if (known === undefined || uid === undefined) {
    return sendRefusal(response, { status: 404, text: `pod ${JSON.stringify(request.pod)} does not exist` });
  }
  const missing = refuseNotRun(known) ?? refuseMissingLog(known, request.container, options.previous);
  if (missing !== undefined) return sendRefusal(response, missing);

  const gone = new AbortController();
  response.once('close', () => gone.abort());
  // The reader may have left while it was found out who it is.
  if (response.destroyed) return;
  try {
    const signal = stopping === undefined ? gone.signal : AbortSignal.any([gone.signal, stopping]);
    const bytes = await logs(uid, request.container, options, signal);
    response.writeHead(200, { 'content-type': 'text/plain' });
    // A quiet container has nothing to say for hours: `kubectl logs -f` waits for the headers.
    response.flushHeaders();
    for await (const chunk of takeBytes(bytes, options.limitBytes)) {
      if (!response.write(chunk)) await once(response, 'drain', { signal });
    }
    response.end();
  } catch (error) {
    if (gone.signal.aborted) return;
    // All that was to be had until now: the reader may ask for the rest elsewhere.
    if (stopping?.aborted && response.headersSent) return void response.end();
    if (!response.headersSent) return sendRefusal(response, toRefusal(InterLinkError.from(error)));
    logger.debug({ err: error, pod: `${request.namespace}/${request.pod}`, podUid: uid }, 'log broke off');
    response.destroy();
  }
}

/** Exactly the first `limit` bytes, whatever the source gives. */
async function* takeBytes(
  bytes: AsyncIterable<Uint8Array>,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<Uint8Array> {
  let left = limit;
  for await (const chunk of bytes) {
    if (chunk.length > 0) yield chunk.length > left ? chunk.subarray(0, left) : chunk;
    left -= chunk.length;
    if (left <= 0) return;
  }
}

const faultsOfTheRequest = new Set([
  'invalid_argument',
  'failed_precondition',
  'out_of_range',
  'not_found',
  'already_exists',
  'unimplemented',
]);

/** 400 as the kubelet, or 500 when the backend is in trouble: with any other status the API server would drop the text. */
export function toRefusal({ code, message }: InterLinkError): Refusal {
  return { status: faultsOfTheRequest.has(code) ? 400 : 500, text: message };
}
