import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** The caller left before the answer was whole: nginx's word for it. */
const leftStatus = 499;

/** One request, from its headers to the end of its answer or of the connection that it was upgraded to. */
export class Exchange {
  readonly request: FastifyRequest;
  /** A stream: it may last for days. */
  readonly isStream: boolean;
  readonly #startedAt = performance.now();
  readonly #socket: Socket;
  readonly #onEnd: Array<() => void> = [];
  /** 0 until it is known. */
  status = 0;
  /** Who asks; undefined for whoever was not let in, and for what anybody may ask. */
  identity: string | undefined;

  constructor(request: FastifyRequest, isStream: boolean) {
    this.request = request;
    this.isStream = isStream;
    this.#socket = request.raw.socket;
  }

  get durationMs(): number {
    return performance.now() - this.#startedAt;
  }

  /** Bytes that came and went on its connection since this was last asked: requests follow each other there. */
  takeBytes(): { received: number; sent: number } {
    const { bytesRead, bytesWritten } = this.#socket;
    const { read, written } = taken.get(this.#socket) ?? { read: 0, written: 0 };
    taken.set(this.#socket, { read: bytesRead, written: bytesWritten });
    return { received: bytesRead - read, sent: bytesWritten - written };
  }

  onEnd(listener: () => void): void {
    this.#onEnd.push(listener);
  }

  end(status: number): void {
    if (this.status === 0) this.status = status;
    for (const listener of this.#onEnd.splice(0)) listener();
  }
}

const taken = new WeakMap<Socket, { read: number; written: number }>();

const decorator = 'interlinkExchange';

/** Those of a server. */
export class Exchanges {
  /**
   * Streams that are under way. No others: a set that something is added to and taken from with each request makes a new table every few
   * requests, each former one refers to the next, and from one that has grown old all that were ever open then are kept until a full collection.
   */
  readonly streams = new Set<Exchange>();

  /** Begins with each request, before anything else looks at it. @param ended told of each when it has ended */
  follow(
    app: FastifyInstance,
    options: { isStream: (request: FastifyRequest) => boolean; ended: (exchange: Exchange) => void },
  ): void {
    app.decorateRequest(decorator);
    app.addHook('onRequest', async (request, reply) => {
      const exchange = new Exchange(request, options.isStream(request));
      request.setDecorator<Exchange>(decorator, exchange);
      if (exchange.isStream) {
        this.streams.add(exchange);
        exchange.onEnd(() => this.streams.delete(exchange));
      }
      exchange.onEnd(() => options.ended(exchange));
      reply.raw.once('close', () => exchange.end(statusOf(reply)));
    });
  }

  of(request: FastifyRequest): Exchange | undefined {
    return request.getDecorator<Exchange | undefined>(decorator);
  }

  /** From now on its connection is what counts. */
  upgraded(request: FastifyRequest, socket: Socket): void {
    const exchange = this.of(request);
    if (exchange === undefined) return;
    exchange.status = 101;
    socket.once('close', () => exchange.end(101));
  }
}

function statusOf({ raw }: FastifyReply): number {
  return raw.writableFinished ? raw.statusCode : leftStatus;
}
