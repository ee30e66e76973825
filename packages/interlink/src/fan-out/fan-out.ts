import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import {
  epochHeader,
  type HttpTarget,
  InterLinkError,
  type Owner,
  ownerKey,
  ownerPath,
  type ReportLog,
  streamSilenceMs,
} from '@interlink/protocol';
import { type Logger, requestIdHeader, withSpan } from '@interlink/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { pick } from '../routes/pick-headers.ts';
import { catchUp } from './catch-up.ts';
import { followLog } from './follow-log.ts';
import { isStream, type Refusal, SharedWatch } from './shared-watch.ts';
import type { TellCapabilities } from './told-capabilities.ts';
import type { WatchAudience } from './watch-audience.ts';
import type { WatchQuery } from './watch-query.ts';
import { Watcher } from './watcher.ts';

/** How long things may take; tests have less patience. */
export interface FanOutTimes {
  /** The sidecar's stream is kept for this long after its last reader: one that was cut off comes again at once. */
  readonly lingerMs: number;
  /** A sidecar that writes nothing for this long, bookmarks neither, is dead. */
  readonly silenceMs: number;
  /** So is a reader that takes nothing for this long, or as good as; it can resume. */
  readonly stallMs: number;
}

export const defaultFanOutTimes: FanOutTimes = { lingerMs: 5_000, silenceMs: streamSilenceMs, stallMs: 25_000 };

const headersTimeoutMs = 60_000;
const refusalHeaders = ['content-type', 'cache-control', 'retry-after'];

/**
 * Watches of the same owner's pods as one stream of the sidecar, however many they are. Those of different epochs have one each:
 * the sidecar ends an earlier one when a later begins, and that is for it to decide. So have onlookers, of whom the audience is not told.
 */
export class FanOut {
  readonly #times: FanOutTimes;
  readonly #logger: Logger;
  readonly #audience: WatchAudience | undefined;
  readonly #shared = new Map<HttpTarget, Map<string, SharedWatch>>();

  constructor(logger: Logger, audience?: WatchAudience, times: FanOutTimes = defaultFanOutTimes) {
    this.#logger = logger;
    this.#audience = audience;
    this.#times = times;
  }

  /** Answers a watch; resolves once the answer has begun. @throws InterLinkError when the sidecar can't be asked */
  async serve(request: FastifyRequest, reply: FastifyReply, watch: WatchRequest): Promise<FastifyReply> {
    const shared = this.#sharedOf(request, watch);
    const response = reply.raw;
    response.once('close', shared.hold());
    const { cursor } = watch;
    const position = cursor === undefined ? undefined : shared.journal.positionOf(cursor);
    if (cursor !== undefined && position === undefined)
      return await this.#catchUp(request, reply, { ...watch, cursor, shared });
    const refusal = await shared.opened;
    if (refusal !== undefined) return await sendRefusal(reply, refusal);
    const watcher = this.#watcherOf(reply, shared, watch.tell);
    if (cursor === undefined || position === undefined) watcher.startFresh();
    else watcher.startAfter(cursor, position);
    return reply;
  }

  /** Tells the audience of pods that are watched past the shared streams, as those of v1 plugins are, until the signal aborts. */
  async tellOf(owner: Owner, log: ReportLog, signal: AbortSignal): Promise<void> {
    if (this.#audience !== undefined) await followLog(log, this.#audience.begin(owner), signal);
  }

  /** The cursor is none of the shared stream's: the sidecar itself is asked what came after it. */
  async #catchUp(
    request: FastifyRequest,
    reply: FastifyReply,
    { target, owner, cursor, shared, tell }: WatchRequest & { readonly cursor: string; readonly shared: SharedWatch },
  ): Promise<FastifyReply> {
    const gone = goneSignal(reply.raw);
    const answer = await target.send({
      method: 'GET',
      path: `${watchPath(owner)}&cursor=${encodeURIComponent(cursor)}`,
      headers: pick(request.headers, [epochHeader, requestIdHeader]),
      signal: gone,
      headersTimeoutMs,
      isStream: true,
    });
    if (!isStream(answer.statusCode, answer.headers)) {
      const headers = pick(answer.headers, refusalHeaders);
      return await reply.code(answer.statusCode).headers(headers).send(answer.body);
    }
    const watcher = this.#watcherOf(reply, shared, tell);
    watcher.startCatchingUp();
    const drained = async () => void (await once(reply.raw, 'drain', { signal: gone }));
    catchUp({ watcher, shared, body: answer.body, drained }).catch((error: unknown) => {
      request.log.debug({ err: error }, 'watch cut off');
      watcher.cut();
    });
    return reply;
  }

  #watcherOf(reply: FastifyReply, shared: SharedWatch, tell: TellCapabilities | undefined): Watcher {
    if (reply.raw.destroyed) throw new InterLinkError('cancelled', 'The caller has gone');
    reply.hijack();
    const watcher = new Watcher({ source: shared, response: reply.raw, stallMs: this.#times.stallMs, tell });
    shared.add(watcher);
    reply.raw.once('close', () => shared.remove(watcher));
    return watcher;
  }

  #sharedOf(request: FastifyRequest, { target, owner, isOnlooker }: WatchRequest): SharedWatch {
    const ofTarget = this.#shared.get(target) ?? new Map<string, SharedWatch>();
    this.#shared.set(target, ofTarget);
    const headers = pick(request.headers, [epochHeader]);
    const key = `${ownerKey(owner)} ${isOnlooker ? 'onlookers' : (headers[epochHeader] ?? '')}`;
    const present = ofTarget.get(key);
    if (present?.isFresh === true) return present;
    const { silenceMs, lingerMs } = this.#times;
    const news = isOnlooker ? undefined : this.#audience?.begin(owner);
    const shared = withSpan(undefined, () => {
      return new SharedWatch({
        ...{ target, path: watchPath(owner), headers, silenceMs, lingerMs },
        onLine: news === undefined ? undefined : (line, text) => news.line(line, text),
        onEnd: (error) => {
          news?.end();
          this.#logger.debug({ err: error, owner: ownerKey(owner) }, 'shared watch ended');
          if (ofTarget.get(key) === shared) ofTarget.delete(key);
        },
      });
    });
    ofTarget.set(key, shared);
    return shared;
  }
}

/** What is asked for, of whom. */
export interface WatchRequest extends WatchQuery {
  readonly target: HttpTarget;
  readonly owner: Owner;
  /** Undefined: its sender is told of all that the sidecar can do. */
  readonly tell: TellCapabilities | undefined;
}

function watchPath(owner: Owner): string {
  return `${ownerPath(owner)}/pods?watch=true`;
}

function goneSignal(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => gone.abort(new InterLinkError('cancelled', 'The caller has gone')));
  return gone.signal;
}

async function sendRefusal(reply: FastifyReply, { status, headers, body }: Refusal): Promise<FastifyReply> {
  return await reply.code(status).headers(pick(headers, refusalHeaders)).send(body);
}
