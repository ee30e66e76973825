import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { type AnswerLimits, answerLimits } from './answer-deadline.ts';
import { connect } from './connect.ts';
import { Engine } from './engine.ts';

/** An engine that answers nothing but a list of containers and a log, and half of an inspection. */
async function hangingEngine(limits: AnswerLimits): Promise<Engine> {
  const server = createServer(({ url = '' }, response) => {
    if (url.startsWith('/containers/json')) response.end('[]');
    if (url.startsWith('/containers/half/json')) response.write('{"Id":');
    if (url.startsWith('/containers/a/logs')) {
      response.write('a');
      void delay(20).then(() => response.end('b'));
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return new Engine(await connect({ DOCKER_HOST: `tcp://127.0.0.1:${port}` }), limits);
}

test.each<[string, Partial<AnswerLimits>, (engine: Engine) => Promise<unknown>, string]>([
  ['GET /containers/a/json', { containerMs: 1 }, async (engine) => await engine.inspectContainer('a'), '0.001 s'],
  [
    'POST /containers/a/kill',
    { containerMs: 1 },
    async (engine) => await engine.killContainer('a', 'SIGTERM'),
    '0.001 s',
  ],
  ['GET /volumes', { readMs: 2 }, async (engine) => await engine.listVolumes('a'), '0.002 s'],
  ['POST /containers/create', { changeMs: 3 }, async (engine) => await engine.createContainer({}), '0.003 s'],
  ['DELETE /containers/a', { changeMs: 3 }, async (engine) => await engine.removeContainer('a'), '0.003 s'],
])('an engine that does not answer %s is given up', async (request, limits, ask, after) => {
  const engine = await hangingEngine({ ...answerLimits, ...limits });
  const message = `The engine has not answered ${request} within ${after}`;
  await expect(ask(engine)).rejects.toMatchObject({ code: 'deadline_exceeded', message });
});

test('an answer that stops halfway is given up', async () => {
  const engine = await hangingEngine({ ...answerLimits, containerMs: 200 });
  await expect(engine.inspectContainer('half')).rejects.toMatchObject({ code: 'deadline_exceeded' });
  expect(await engine.listContainers('a')).toEqual([]);
});

test('a stream is not given up while its caller reads it', async () => {
  const engine = await hangingEngine({ containerMs: 1, readMs: 1, changeMs: 1 });
  expect(await text(await engine.logs('a', { stdout: true }, new AbortController().signal))).toBe('ab');
});

test('containers of which the engine says nothing hold up no other request for ever', async () => {
  const engine = await hangingEngine({ ...answerLimits, containerMs: 20 });
  const hung = Array.from({ length: 50 }, async (_, place) => await engine.inspectContainer(`a${place}`));
  const [answers, listed] = await Promise.all([Promise.allSettled(hung), engine.listContainers('a')]);
  expect(listed).toEqual([]);
  const codes = answers.map((each) => each.status === 'rejected' && each.reason.code);
  expect(new Set(codes)).toEqual(new Set(['deadline_exceeded']));
});
