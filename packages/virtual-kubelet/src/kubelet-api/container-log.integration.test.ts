import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { InterLinkError } from '@interlink/protocol';
import { describe, expect, it, vi } from 'vitest';
import type { OpenLog } from './container-log.ts';
import { startTestKubelet } from './testing/start-kubelet.ts';

const path = '/containerLogs/ns/p/c';

/** A log that a test writes by hand, and what it was asked for. */
function handWrittenLog() {
  const asked: { uid: string; container: string; options: object; signal: AbortSignal }[] = [];
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const logs: OpenLog = async (uid, container, options, signal) => {
    asked.push({ uid, container, options, signal });
    signal.addEventListener('abort', () => void writer.abort(signal.reason).catch(() => undefined));
    return readable;
  };
  return { asked, logs, write: (text: string) => writer.write(Buffer.from(text)), end: () => writer.close(), writer };
}

const logOf = (...chunks: string[]): OpenLog => {
  return async () =>
    (async function* () {
      for (const chunk of chunks) yield Buffer.from(chunk);
    })();
};

describe('GET /containerLogs', () => {
  it('hands on every option, and the bytes as they are', async () => {
    const log = handWrittenLog();
    const { admin } = await startTestKubelet({ logs: log.logs });
    const query = 'follow=true&timestamps=true&sinceSeconds=3&tailLines=0&limitBytes=100';
    const answer = (await admin()).get(`${path}?${query}`);
    await log.write('é\u0000\n');
    await log.end();
    expect(await answer).toMatchObject({
      status: 200,
      body: 'é\u0000\n',
      headers: { 'content-type': 'text/plain', 'transfer-encoding': 'chunked' },
    });
    const options = { follow: true, timestamps: true, sinceSeconds: 3, tailLines: 0, limitBytes: 100 };
    expect(log.asked).toMatchObject([{ uid: 'u', container: 'c', options }]);
  });

  it('sends the headers of a quiet log at once, each line as it comes, and ends with the log', async () => {
    const log = handWrittenLog();
    const { admin } = await startTestKubelet({ logs: log.logs });
    const response = await (await admin()).open(`${path}?follow=true`);
    expect(response.statusCode).toBe(200);
    await log.write('line\n');
    const [chunk] = await once(response, 'data');
    expect(String(chunk)).toBe('line\n');
    const ended = once(response, 'end');
    await log.end();
    await ended;
    expect(response.complete).toBe(true);
  });

  it('stops when the reader leaves a quiet log', async () => {
    const log = handWrittenLog();
    const { admin } = await startTestKubelet({ logs: log.logs });
    const leave = new AbortController();
    const response = await (await admin()).open(`${path}?follow=true`, { signal: leave.signal });
    response.on('error', () => undefined);
    leave.abort();
    await vi.waitFor(() => expect(log.asked[0]?.signal.aborted).toBe(true));
  });

  it('does not open a log for a reader who left before being let in', async () => {
    const { promise: admitted, resolve: admit } = Promise.withResolvers<void>();
    const arrived = vi.fn();
    const logs = vi.fn<OpenLog>();
    const { admin } = await startTestKubelet({
      logs,
      authorize: async () => {
        arrived();
        await admitted;
        return { user: 'late' };
      },
    });
    const leave = new AbortController();
    const answer = (await admin()).open(path, { signal: leave.signal });
    await vi.waitFor(() => expect(arrived).toHaveBeenCalled());
    leave.abort();
    await expect(answer).rejects.toThrow();
    await delay(100);
    admit();
    await delay(100);
    expect(logs).not.toHaveBeenCalled();
  });

  it('goes at the pace of the reader', async () => {
    const chunk = Buffer.alloc(65_536, 'x');
    let given = 0;
    const logs: OpenLog = async () =>
      (async function* () {
        while (given < 1_000) {
          given += 1;
          yield chunk;
        }
      })();
    const { admin } = await startTestKubelet({ logs });
    const response = await (await admin()).open(path);
    await delay(500);
    const whilePaused = given;
    expect(whilePaused).toBeLessThan(500);
    let length = 0;
    for await (const part of response) length += part.length;
    expect(length).toBe(1_000 * chunk.length);
  });

  it('cuts exactly at limitBytes', async () => {
    const { admin } = await startTestKubelet({ logs: logOf('abc', '', 'def', 'ghi') });
    const client = await admin();
    for (const limit of [1, 3, 4, 9, 100]) {
      expect((await client.get(`${path}?limitBytes=${limit}`)).body).toBe('abcdefghi'.slice(0, limit));
    }
  });

  it('cuts the connection when the log breaks off, so that nobody takes it for whole', async () => {
    const log = handWrittenLog();
    const { admin } = await startTestKubelet({ logs: log.logs });
    const answer = (await admin()).get(path);
    await log.write('half');
    await log.writer.abort(new InterLinkError('unavailable', 'gone'));
    await expect(answer).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it.each([
    ['/containerLogs/ns/other/c', 404, 'pod "other" does not exist'],
    ['/containerLogs/ns/p/other', 404, 'container "other" not found in pod "p"'],
    ['/containerLogs/ns/p/w', 400, 'container "w" in pod "p" is waiting to start: ContainerCreating'],
    [`${path}?previous=true`, 400, 'previous terminated container "c" in pod "p" not found'],
    [`${path}?tailLines=x`, 400, 'whole number'],
    [`${path}?sinceSeconds=1&sinceTime=2026-01-01T00:00:00Z`, 422, 'at most one'],
    [path, 500, 'Cannot reach the backend'],
  ])('answers %s with %i', async (target, status, text) => {
    const logs: OpenLog = () => Promise.reject(new InterLinkError('unavailable', 'Cannot reach the backend'));
    const { admin } = await startTestKubelet({ logs });
    const answer = await (await admin()).get(target);
    expect(answer.status).toBe(status);
    expect(answer.body).toContain(text);
  });

  it('is cut off by close()', async () => {
    const log = handWrittenLog();
    const { admin, server } = await startTestKubelet({ logs: log.logs });
    const answer = (await admin()).get(`${path}?follow=true`);
    await vi.waitFor(() => expect(log.asked).toHaveLength(1));
    const cut = expect(answer).rejects.toThrow();
    await server.close();
    await cut;
    await vi.waitFor(() => expect(log.asked[0]?.signal.aborted).toBe(true));
  });
});
