import { expect, test } from 'vitest';
import { readTraceSettings } from './trace-settings.ts';

test.each([
  ['nothing is set', {}],
  ['the exporter is none', { OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }],
  ['the SDK is disabled', { OTEL_SDK_DISABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }],
  ['variables are empty', { OTEL_EXPORTER_OTLP_ENDPOINT: '', ENABLE_TRACING: '' }],
  ['ENABLE_TRACING is 0', { ENABLE_TRACING: '0', TELEMETRY_ENDPOINT: 'collector:4317' }],
])('readTraceSettings() is off when %s', (_, env) => {
  expect(readTraceSettings(env)).toBeUndefined();
});

test.each([
  ['an endpoint', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }, undefined],
  ['an endpoint of traces', { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector:4318/v1/traces' }, undefined],
  ['the exporter otlp', { OTEL_TRACES_EXPORTER: 'otlp' }, undefined],
  ['ENABLE_TRACING', { ENABLE_TRACING: '1' }, 'http://localhost:4318/v1/traces'],
  ['and TELEMETRY_ENDPOINT', { ENABLE_TRACING: '1', TELEMETRY_ENDPOINT: 'tempo:80' }, 'http://tempo/v1/traces'],
  [
    'and a CA, which means TLS',
    { ENABLE_TRACING: '1', TELEMETRY_ENDPOINT: 'tempo:4319', TELEMETRY_CA_CRT_FILEPATH: '/ca.pem' },
    'https://tempo:4319/v1/traces',
  ],
  [
    'both, where the standard wins',
    { ENABLE_TRACING: '1', TELEMETRY_ENDPOINT: 'tempo:80', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' },
    undefined,
  ],
])('readTraceSettings() is on by %s', (_, env, url) => {
  expect(readTraceSettings(env)?.url).toBe(url);
});

test('readTraceSettings() turns the port of gRPC into that of HTTP, and says so', () => {
  const settings = readTraceSettings({ ENABLE_TRACING: '1', TELEMETRY_ENDPOINT: 'tempo:4317' });
  expect(settings?.url).toBe('http://tempo:4318/v1/traces');
  expect(settings?.warnings).toEqual([expect.stringContaining('4317')]);
  const grpc = readTraceSettings({ OTEL_TRACES_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' });
  expect(grpc?.warnings).toEqual([expect.stringContaining('"grpc"')]);
});

test('readTraceSettings() reads who sends, how the server is verified, what is kept, and how often it is sent', () => {
  const settings = readTraceSettings({
    ENABLE_TRACING: '1',
    TELEMETRY_UNIQUE_ID: 'site-a',
    TELEMETRY_CA_CRT_FILEPATH: '/ca.pem',
    TELEMETRY_CLIENT_CRT_FILEPATH: '/client.pem',
    TELEMETRY_CLIENT_KEY_FILEPATH: '/client.key',
    TELEMETRY_INSECURE_SKIP_VERIFY: 'true',
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0.25',
    OTEL_BSP_SCHEDULE_DELAY: '100',
  });
  expect(settings).toMatchObject({
    instanceId: 'site-a',
    tls: { caFile: '/ca.pem', certFile: '/client.pem', keyFile: '/client.key' },
    verifiesServer: false,
    sampler: 'parentbased_traceidratio',
    samplerRatio: 0.25,
    scheduleDelayMs: 100,
    warnings: [],
  });
});

test.each([
  [{ OTEL_TRACES_EXPORTER: 'zipkin' }, /\$OTEL_TRACES_EXPORTER is "zipkin": one of otlp, none is wanted/],
  [{ OTEL_TRACES_EXPORTER: 'otlp', OTEL_TRACES_SAMPLER: 'jaeger_remote' }, /\$OTEL_TRACES_SAMPLER is "jaeger_remote"/],
  [{ OTEL_TRACES_EXPORTER: 'otlp', OTEL_TRACES_SAMPLER_ARG: '2' }, /a number from 0 to 1 is wanted/],
  [{ ENABLE_TRACING: '1', TELEMETRY_ENDPOINT: 'file:///x' }, /\$TELEMETRY_ENDPOINT is "file:\/\/\/x"/],
])('readTraceSettings() of %j is refused', (env, message) => {
  expect(() => readTraceSettings(env)).toThrow(message);
});
