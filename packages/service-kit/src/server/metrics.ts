import type { FastifyInstance } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, type Registry } from 'prom-client';
import { BoundedNames } from '../metrics/bounded-names.ts';
import type { Exchange } from './exchange.ts';

/** Identities with numbers of their own; they come from the configuration, or are an issuer's subjects. */
const maxIdentities = 100;

/** Few: each identity has them. */
const identityBuckets = [0.005, 0.025, 0.1, 0.5, 2.5, 10, 60];

const durationBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** What is counted of the requests that a server serves: by route, and by who asked. */
export class HttpMetrics {
  readonly #registry: Registry;
  readonly #routeOf: (exchange: Exchange) => string;
  readonly #identities = new BoundedNames(maxIdentities);
  readonly #requests;
  readonly #durations;
  readonly #received;
  readonly #sent;
  readonly #ofIdentity;

  /** @param streams those under way */
  constructor(
    registry: Registry,
    { routeOf, streams }: { routeOf: (exchange: Exchange) => string; streams: ReadonlySet<Exchange> },
  ) {
    this.#registry = registry;
    this.#routeOf = routeOf;
    const counter = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
      new Counter({ name, help, labelNames, registers: [registry] });
    this.#requests = counter(
      'http_requests_total',
      'HTTP requests served, by method, route and status.',
      ...(['method', 'route', 'code'] as const),
    );
    this.#durations = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'From the headers of a request to the end of its answer; streams are left out.',
      labelNames: ['method', 'route'],
      buckets: durationBuckets,
      registers: [registry],
    });
    this.#received = counter('http_received_bytes_total', 'Bytes that came with requests and streams.', 'route');
    this.#sent = counter('http_sent_bytes_total', 'Bytes that went out as answers and streams.', 'route');
    this.#ofIdentity = {
      requests: counter('interlink_identity_requests_total', 'Requests of an identity, by status.', 'identity', 'code'),
      durations: new Histogram({
        name: 'interlink_identity_request_duration_seconds',
        help: 'From the headers of a request of an identity to the end of its answer; streams are left out.',
        labelNames: ['identity'],
        buckets: identityBuckets,
        registers: [registry],
      }),
      received: counter('interlink_identity_received_bytes_total', 'Bytes that came from an identity.', 'identity'),
      sent: counter('interlink_identity_sent_bytes_total', 'Bytes that went to an identity.', 'identity'),
    };
    this.#gauge(
      streams,
      'http_streams_open',
      'Watches, followed logs, commands and ports that are open.',
      'route',
      routeOf,
    );
    this.#gauge(streams, 'interlink_identity_streams_open', 'The same by who has them.', 'identity', (exchange) =>
      this.#nameOf(exchange),
    );
  }

  /**
   * Serves `/metrics`: the process's own numbers (CPU, memory, event loop), these, and what the registry holds besides.
   * @param streams those under way: their bytes are counted when somebody asks
   */
  serve(app: FastifyInstance, streams: ReadonlySet<Exchange>): void {
    const registry = this.#registry;
    // A registry that is shown elsewhere, too, may have them.
    if (registry.getSingleMetric('process_cpu_seconds_total') === undefined)
      collectDefaultMetrics({ register: registry });
    app.get('/metrics', async (_request, reply) => {
      for (const exchange of streams) this.countBytes(exchange);
      return await reply.type(registry.contentType).send(await registry.metrics());
    });
  }

  countRequest(exchange: Exchange): void {
    const { request, isStream, status, durationMs } = exchange;
    const { method } = request;
    const route = this.#routeOf(exchange);
    this.#requests.inc({ method, route, code: status });
    const identity = this.#nameOf(exchange);
    this.#ofIdentity.requests.inc({ identity, code: status });
    if (isStream) return;
    this.#durations.observe({ method, route }, durationMs / 1_000);
    this.#ofIdentity.durations.observe({ identity }, durationMs / 1_000);
  }

  /** @returns what came and went since the last time */
  countBytes(exchange: Exchange): { received: number; sent: number } {
    const bytes = exchange.takeBytes();
    const route = this.#routeOf(exchange);
    const identity = this.#nameOf(exchange);
    this.#received.inc({ route }, bytes.received);
    this.#sent.inc({ route }, bytes.sent);
    this.#ofIdentity.received.inc({ identity }, bytes.received);
    this.#ofIdentity.sent.inc({ identity }, bytes.sent);
    return bytes;
  }

  /** `none` for whoever was not let in. */
  #nameOf({ identity }: Exchange): string {
    return identity === undefined ? 'none' : this.#identities.bound(identity);
  }

  #gauge(
    streams: ReadonlySet<Exchange>,
    name: string,
    help: string,
    label: string,
    labelOf: (exchange: Exchange) => string,
  ): void {
    new Gauge({
      ...{ name, help, labelNames: [label], registers: [this.#registry] },
      collect() {
        this.reset();
        for (const exchange of streams) this.inc({ [label]: labelOf(exchange) });
      },
    });
  }
}
