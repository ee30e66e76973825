import { readFile } from 'node:fs/promises';
import { InterLinkError } from '@interlink/protocol';
import {
  type Context,
  DiagLogLevel,
  defaultTextMapGetter,
  defaultTextMapSetter,
  diag,
  type Span as OtelSpan,
  type Tracer as OtelTracer,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceNameEnvDetector,
} from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Logger } from '../process/logger.ts';
import { chooseSampler } from './choose-sampler.ts';
import type { Span, SpanAttributes, SpanOptions, Tracer } from './span.ts';
import type { TraceSettings } from './trace-settings.ts';

/** At the process's end. */
const closeMs = 2_000;
/** Names and UIDs are shorter; what a caller puts into a path need not be. */
const attributeValueLengthLimit = 256;

const propagator = new W3CTraceContextPropagator();

/** OpenTelemetry's SDK behind our {@link Tracer}. Nothing else imports it, and only a process that traces loads this file. */
export async function startOpenTelemetry(service: string, settings: TraceSettings, logger: Logger): Promise<Tracer> {
  logTroubles(logger);
  const exporter = new OTLPTraceExporter({
    ...(settings.url === undefined ? {} : { url: settings.url }),
    httpAgentOptions: { keepAlive: true, ...(await agentTls(settings)) },
  });
  const provider = new TracerProvider({
    resource: resourceOf(service, settings),
    sampler: chooseSampler(settings),
    spanLimits: { attributeValueLengthLimit },
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: settings.scheduleDelayMs })],
  });
  const tracer = provider.getTracer('interlink');
  return {
    start: (name, { from, link, ...options } = {}) => {
      const parent = from === undefined ? ROOT_CONTEXT : propagator.extract(ROOT_CONTEXT, from, defaultTextMapGetter);
      return new TracedSpan(tracer, name, options, parent, link);
    },
    close: async () => {
      const late = AbortSignal.timeout(closeMs);
      await Promise.race([
        provider.shutdown().catch((error: unknown) => logger.warn({ err: error }, 'last traces not sent')),
        new Promise<void>((resolve) => late.addEventListener('abort', () => resolve(), { once: true })),
      ]);
    },
  };
}

class TracedSpan implements Span {
  readonly #tracer: OtelTracer;
  readonly #span: OtelSpan;
  readonly #context: Context;

  constructor(tracer: OtelTracer, name: string, options: SpanOptions, parent: Context, link?: Span) {
    const links = link instanceof TracedSpan ? [{ context: link.#span.spanContext() }] : [];
    const kind = { internal: SpanKind.INTERNAL, client: SpanKind.CLIENT, server: SpanKind.SERVER }[
      options.kind ?? 'internal'
    ];
    this.#tracer = tracer;
    this.#span = tracer.startSpan(name, { kind, attributes: defined(options.attributes), links }, parent);
    this.#context = trace.setSpan(parent, this.#span);
  }

  child(name: string, options: SpanOptions = {}): Span {
    return new TracedSpan(this.#tracer, name, options, this.#context);
  }

  set(attributes: SpanAttributes): void {
    this.#span.setAttributes(defined(attributes));
  }

  fail(error: unknown): void {
    this.#span.setAttribute('error.type', InterLinkError.from(error).code);
    this.#span.setStatus({ code: SpanStatusCode.ERROR });
  }

  end(): void {
    this.#span.end();
  }

  headers(): Record<string, string> {
    const carrier: Record<string, string> = {};
    propagator.inject(this.#context, carrier, defaultTextMapSetter);
    return carrier;
  }
}

function defined(attributes: SpanAttributes = {}): Record<string, string | number | boolean> {
  const kept: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) kept[name] = value;
  return kept;
}

function resourceOf(service: string, { instanceId }: TraceSettings) {
  const own = resourceFromAttributes({
    'service.name': service,
    'service.namespace': 'interlink',
    ...(instanceId === undefined ? {} : { 'service.instance.id': instanceId }),
  });
  const told = detectResources({ detectors: [resourceAttributesEnvDetector, serviceNameEnvDetector] });
  return defaultResource().merge(own).merge(told);
}

async function agentTls({ tls, verifiesServer }: TraceSettings) {
  const read = async (file: string | undefined) => {
    if (file === undefined) return undefined;
    try {
      return await readFile(file, 'utf8');
    } catch (error) {
      const { message } = InterLinkError.from(error);
      throw new InterLinkError(
        'invalid_argument',
        `Cannot read ${file} for the connection that traces are sent on: ${message}`,
      );
    }
  };
  const [ca, cert, key] = await Promise.all([read(tls.caFile), read(tls.certFile), read(tls.keyFile)]);
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(verifiesServer ? {} : { rejectUnauthorized: false }),
  };
}

/** A collector that is away is told of once, not with every batch. */
function logTroubles(logger: Logger): void {
  let last = '';
  const tell = (message: string, ...details: unknown[]) => {
    const text = [message, ...details.map(String)].join(' ').slice(0, 1_000);
    if (text === last) return;
    last = text;
    logger.warn({ detail: text }, 'trouble with traces');
  };
  const ignore = () => undefined;
  diag.setLogger({ error: tell, warn: tell, info: ignore, debug: ignore, verbose: ignore }, DiagLogLevel.WARN);
}
