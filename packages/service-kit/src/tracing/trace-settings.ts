import { InterLinkError } from '@interlink/protocol';

/** What the environment says of traces; what OpenTelemetry's own exporter reads by itself (`OTEL_EXPORTER_OTLP_*`) is not in it. */
export interface TraceSettings {
  /** From the older variables; undefined: `OTEL_EXPORTER_OTLP_…` or its default. */
  readonly url: string | undefined;
  readonly instanceId: string | undefined;
  readonly tls: { readonly caFile?: string; readonly certFile?: string; readonly keyFile?: string };
  readonly verifiesServer: boolean;
  readonly sampler: string;
  /** The share of traces that is kept by the samplers `traceidratio`, 0 to 1. */
  readonly samplerRatio: number;
  readonly scheduleDelayMs: number;
  readonly warnings: ReadonlyArray<string>;
}

const samplers = ['always_on', 'always_off', 'traceidratio'].flatMap((name) => [name, `parentbased_${name}`]);

/** The port of OTLP over gRPC, and the one of OTLP over HTTP. */
const [grpcPort, httpPort] = ['4317', '4318'];

/**
 * Whether this process is to trace, and how: the standard `OTEL_*` variables, and `ENABLE_TRACING=1` with `TELEMETRY_*`
 * of older releases. @returns undefined when tracing is off @throws InterLinkError `invalid_argument`
 */
export function readTraceSettings(env: NodeJS.ProcessEnv): TraceSettings | undefined {
  const isOld = isTrue(env.ENABLE_TRACING);
  if (isTrue(env.OTEL_SDK_DISABLED) || !(isOld || hasExporter(env))) return undefined;
  const warnings: string[] = [];
  const hasEndpoint = standardEndpoint(env) !== undefined;
  return {
    url: isOld && !hasEndpoint ? oldEndpoint(env, warnings) : undefined,
    instanceId: env.TELEMETRY_UNIQUE_ID || undefined,
    tls: {
      ...(env.TELEMETRY_CA_CRT_FILEPATH ? { caFile: env.TELEMETRY_CA_CRT_FILEPATH } : {}),
      ...(env.TELEMETRY_CLIENT_CRT_FILEPATH ? { certFile: env.TELEMETRY_CLIENT_CRT_FILEPATH } : {}),
      ...(env.TELEMETRY_CLIENT_KEY_FILEPATH ? { keyFile: env.TELEMETRY_CLIENT_KEY_FILEPATH } : {}),
    },
    verifiesServer: !isTrue(env.TELEMETRY_INSECURE_SKIP_VERIFY),
    sampler: oneOf('OTEL_TRACES_SAMPLER', env, samplers, 'parentbased_always_on'),
    samplerRatio: numberIn('OTEL_TRACES_SAMPLER_ARG', env, { atMost: 1, otherwise: 1 }),
    scheduleDelayMs: numberIn('OTEL_BSP_SCHEDULE_DELAY', env, { atMost: 3_600_000, otherwise: 5_000 }),
    warnings: [...warnings, ...protocolWarnings(env)],
  };
}

function hasExporter(env: NodeJS.ProcessEnv): boolean {
  const named = env.OTEL_TRACES_EXPORTER || undefined;
  if (named === undefined) return standardEndpoint(env) !== undefined;
  return oneOf('OTEL_TRACES_EXPORTER', env, ['otlp', 'none'], 'none') === 'otlp';
}

function standardEndpoint(env: NodeJS.ProcessEnv): string | undefined {
  return env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || env.OTEL_EXPORTER_OTLP_ENDPOINT || undefined;
}

/** `host:port` as older releases had it, where TLS was on with a CA file. They spoke gRPC; this is OTLP over HTTP. */
function oldEndpoint(env: NodeJS.ProcessEnv, warnings: string[]): string {
  const text = env.TELEMETRY_ENDPOINT || `localhost:${httpPort}`;
  const isSecure = Boolean(env.TELEMETRY_CA_CRT_FILEPATH) || isTrue(env.TELEMETRY_INSECURE_SKIP_VERIFY);
  const url = URL.parse(text.includes('://') ? text : `${isSecure ? 'https' : 'http'}://${text}`);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new InterLinkError('invalid_argument', `$TELEMETRY_ENDPOINT is ${JSON.stringify(text)}: host:port is wanted`);
  }
  if (url.port === grpcPort) {
    url.port = httpPort;
    warnings.push(`TELEMETRY_ENDPOINT names port ${grpcPort} of gRPC: traces go by OTLP over HTTP to port ${httpPort}`);
  }
  if (url.pathname === '/') url.pathname = '/v1/traces';
  return url.href;
}

function protocolWarnings(env: NodeJS.ProcessEnv): string[] {
  const protocol = env.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL || env.OTEL_EXPORTER_OTLP_PROTOCOL || 'http/json';
  if (protocol.startsWith('http/')) return [];
  return [
    `OTEL_EXPORTER_OTLP_PROTOCOL is ${JSON.stringify(protocol)}: traces go by http/json, which collectors take on port ${httpPort}`,
  ];
}

function isTrue(text: string | undefined): boolean {
  return text === '1' || text?.toLowerCase() === 'true';
}

function oneOf(name: string, env: NodeJS.ProcessEnv, choices: ReadonlyArray<string>, otherwise: string): string {
  const text = env[name] || otherwise;
  if (choices.includes(text)) return text;
  throw new InterLinkError(
    'invalid_argument',
    `$${name} is ${JSON.stringify(text)}: one of ${choices.join(', ')} is wanted`,
  );
}

function numberIn(name: string, env: NodeJS.ProcessEnv, range: { atMost: number; otherwise: number }): number {
  const text = env[name];
  if (text === undefined || text === '') return range.otherwise;
  const value = Number(text);
  if (value >= 0 && value <= range.atMost) return value;
  throw new InterLinkError(
    'invalid_argument',
    `$${name} is ${JSON.stringify(text)}: a number from 0 to ${range.atMost} is wanted`,
  );
}
