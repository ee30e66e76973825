import type { IncomingHttpHeaders } from 'node:http';

/** OpenTelemetry's names: https://opentelemetry.io/docs/specs/semconv/. Never a value that comes out of a pod's environment, files or commands. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

export interface SpanOptions {
  /** Who waits for whom: a server's span belongs to a client's. Default `internal`. */
  readonly kind?: 'internal' | 'client' | 'server' | undefined;
  readonly attributes?: SpanAttributes | undefined;
}

/** A piece of work that takes time. One that is never ended is never exported. */
export interface Span {
  child(name: string, options?: SpanOptions): Span;
  set(attributes: SpanAttributes): void;
  /** Only the error's code is kept: what peers say in words may hold what a pod holds, and traces leave the site. */
  fail(error: unknown): void;
  end(): void;
  /** `traceparent` and `tracestate`, for a request that is part of this work. */
  headers(): Record<string, string>;
}

/** Where spans begin that are nobody's children in this process. */
export interface Tracer {
  start(name: string, options?: SpanOptions & TraceOrigin): Span;
  /** Sends what is left, for two seconds at most. */
  close(): Promise<void>;
}

export interface TraceOrigin {
  /** A request's headers: with a `traceparent` the span goes on with that trace. */
  readonly from?: IncomingHttpHeaders | undefined;
  /** A span of another trace that this one has to do with. */
  readonly link?: Span | undefined;
}
