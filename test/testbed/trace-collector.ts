import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** A span as it came over the wire, with its process's name. */
export interface CollectedSpan {
  readonly service: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Trace ids that it is linked to. */
  readonly links: ReadonlyArray<string>;
  readonly isError: boolean;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

interface Attribute {
  key: string;
  value: Record<string, unknown>;
}

/** https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto, as much as is looked at. */
interface ExportRequest {
  resourceSpans: {
    resource: { attributes: Attribute[] };
    scopeSpans: {
      spans: {
        name: string;
        traceId: string;
        spanId: string;
        parentSpanId?: string;
        startTimeUnixNano: string;
        attributes?: Attribute[];
        links?: { traceId: string }[];
        status?: { code?: number };
      }[];
    }[];
  }[];
}

/** An OpenTelemetry collector in this process: takes traces by OTLP over HTTP, as JSON, and keeps them. */
export class TraceCollector {
  readonly spans: CollectedSpan[] = [];
  /** Every body as it came. */
  readonly bodies: string[] = [];
  readonly #server = createServer(async (request, response) => {
    if (request.method === 'POST' && request.url === '/v1/traces') {
      const body = (await json(request)) as ExportRequest;
      this.bodies.push(JSON.stringify(body));
      this.spans.push(...spansOf(body));
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });

  static async start(): Promise<TraceCollector> {
    const collector = new TraceCollector();
    await new Promise<void>((resolve) => collector.#server.listen(0, '127.0.0.1', resolve));
    return collector;
  }

  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

function spansOf({ resourceSpans }: ExportRequest): CollectedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(toRecord(resource.attributes)['service.name']);
    return scopeSpans
      .flatMap(({ spans }) => spans)
      .map((span) => ({
        service,
        name: span.name,
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId || undefined,
        attributes: toRecord(span.attributes),
        links: (span.links ?? []).map(({ traceId }) => traceId),
        isError: span.status?.code === 2,
        startedAt: Number(span.startTimeUnixNano) / 1e6,
      }));
  });
}

function toRecord(attributes: ReadonlyArray<Attribute> = []): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
