import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { HttpTarget, InterLinkError } from '@interlink/protocol';
import { expect, onTestFinished, test } from 'vitest';
import { TraceCollector } from '../../../../test/testbed/trace-collector.ts';
import { bearerAuthentication } from '../auth/authenticate.ts';
import { createLogger } from '../process/logger.ts';
import { createHttpServer } from '../server/http-server.ts';
import { listen } from '../server/listen.ts';
import { traced, traceHeaders, withSpan } from './current-span.ts';
import type { Tracer } from './span.ts';
import { startTracing } from './start-tracing.ts';

const module = fileURLToPath(new URL('../index.ts', import.meta.url));
const logger = createLogger('test', 'silent');

async function start(env: NodeJS.ProcessEnv = {}) {
  const collector = await TraceCollector.start();
  onTestFinished(() => collector.close());
  const tracer = await startTracing('tested', logger, {
    ENABLE_TRACING: '1',
    TELEMETRY_ENDPOINT: collector.url,
    ...env,
  });
  if (tracer === undefined) throw new Error('tracing is off');
  return { collector, tracer };
}

/** A server that traces, on which `/work/:uid` works and `/broken/:uid` fails. */
async function serve(tracer: Tracer) {
  const token = { current: async () => 'right' };
  const app = createHttpServer({
    logger,
    authenticate: bearerAuthentication(token as Parameters<typeof bearerAuthentication>[0]),
    readiness: {},
    tracer,
  });
  app.all('/work/:uid', async () => await traced('inner work', {}, async () => ({})));
  app.put('/broken/:uid', async () => {
    throw new InterLinkError('unavailable', 'a message that may hold hunter2');
  });
  const url = await listen(app, 'http://127.0.0.1:0');
  const target = new HttpTarget({ url, token: async () => 'right', headers: traceHeaders });
  onTestFinished(async () => {
    await target.close();
    await app.close();
  });
  const send = async (method: 'GET' | 'PUT', path: string, client = target) => {
    const body = method === 'PUT' ? { body: '{"a":1}', headers: { 'content-type': 'application/json' } } : {};
    await (await client.send({ method, path, ...body })).body.dump();
  };
  return { url, send };
}

test('a request carries the trace into the peer’s spans, through a body that is read', async () => {
  const { collector, tracer } = await start({ TELEMETRY_UNIQUE_ID: 'site-a' });
  const { send } = await serve(tracer);
  const root = tracer.start('root', { attributes: { 'k8s.pod.uid': 'u1', absent: undefined } });
  await withSpan(root, () => traced('call', { kind: 'client' }, () => send('PUT', '/work/u1?command=hunter2')));
  root.end();
  await tracer.close();

  const byName = new Map(collector.spans.map((span) => [span.name, span]));
  const parentOf = (name: string) =>
    collector.spans.find(({ spanId }) => spanId === byName.get(name)?.parentSpanId)?.name;
  expect(new Set(collector.spans.map(({ traceId }) => traceId)).size).toBe(1);
  expect([parentOf('inner work'), parentOf('PUT /work/:uid'), parentOf('call')]).toEqual([
    'PUT /work/:uid',
    'call',
    'root',
  ]);
  expect(byName.get('root')?.attributes).toEqual({ 'k8s.pod.uid': 'u1' });
  expect(byName.get('PUT /work/:uid')?.attributes).toEqual({
    'http.request.method': 'PUT',
    'http.route': '/work/:uid',
    'http.response.status_code': 200,
    'k8s.pod.uid': 'u1',
  });
  const [body = ''] = collector.bodies;
  expect(body).not.toContain('hunter2');
  expect(body).toContain('"site-a"');
  expect(collector.spans.map(({ service }) => service)).toEqual(Array(4).fill('tested'));
});

test('a failure is its code and nothing that was said', async () => {
  const { collector, tracer } = await start();
  const { send } = await serve(tracer);
  await send('PUT', '/broken/u1');
  await tracer.close();
  expect(collector.spans).toMatchObject([{ isError: true, attributes: { 'error.type': 'unavailable' } }]);
  expect(collector.bodies.join()).not.toContain('hunter2');
});

test('who polls makes no spans, nor does a stranger', async () => {
  const { collector, tracer } = await start();
  const { url, send } = await serve(tracer);
  const stranger = new HttpTarget({ url, token: async () => 'wrong' });
  onTestFinished(() => stranger.close());
  await send('GET', '/work/u1');
  await send('PUT', '/work/u2', stranger);
  await send('PUT', '/work/u3');
  await tracer.close();
  expect(new Set(collector.spans.map(({ attributes }) => attributes['k8s.pod.uid']))).toEqual(
    new Set(['u3', undefined]),
  );
  expect(collector.spans.map(({ name }) => name).toSorted()).toEqual(['PUT /work/:uid', 'inner work']);
});

test('OTEL_TRACES_SAMPLER=always_off sends nothing, and still says so to the peer', async () => {
  const { collector, tracer } = await start({ OTEL_TRACES_SAMPLER: 'always_off' });
  const root = tracer.start('root');
  expect(root.headers().traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  root.end();
  await tracer.close();
  expect(collector.spans).toEqual([]);
});

test('the end of a process waits two seconds at most for a collector that is away', async () => {
  const tracer = await startTracing('tested', logger, { ENABLE_TRACING: '1', TELEMETRY_ENDPOINT: '127.0.0.1:1' });
  tracer?.start('root').end();
  const startedAt = performance.now();
  await tracer?.close();
  expect(performance.now() - startedAt).toBeLessThan(4_000);
});

test('a file that can’t be read is a wrong setting', async () => {
  const env = { ENABLE_TRACING: '1', TELEMETRY_CA_CRT_FILEPATH: '/no/such/ca.pem' };
  await expect(startTracing('tested', logger, env)).rejects.toMatchObject({
    code: 'invalid_argument',
    message: expect.stringContaining('/no/such/ca.pem'),
  });
});

test.each([
  ['off', {}, false],
  ['on', { OTEL_TRACES_EXPORTER: 'otlp' }, true],
])('OpenTelemetry is loaded only when tracing is on: %s', async (_, env, isLoaded) => {
  const source = `
    import { registerHooks } from 'node:module';
    const urls = [];
    registerHooks({ load: (url, context, next) => (urls.push(url), next(url, context)) });
    const { createLogger, startTracing } = await import(${JSON.stringify(module)});
    await startTracing('tested', createLogger('tested', 'silent'));
    console.log(urls.some((url) => url.includes('@opentelemetry/sdk-trace')));
    process.exit();`;
  const stdout = await new Promise<string>((resolve) =>
    execFile(
      process.execPath,
      ['--conditions=interlink-source', '--input-type=module', '-e', source],
      { cwd: fileURLToPath(new URL('.', import.meta.url)), env: { PATH: process.env.PATH, ...env } },
      (_error, out, err) => resolve(out + err),
    ),
  );
  expect(stdout).toBe(`${isLoaded}\n`);
});
