import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runSidecar, sleep } from '@interlink/sidecar-sdk';
import { onTestFinished } from 'vitest';
import { findFreePorts } from '../../../../test/testbed/process/free-ports.ts';
import { mockSidecarOf } from '../sidecar.ts';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export interface RunningMock {
  /** With the right token. @param body as JSON; none: a GET */
  ask(method: string, path: string, body?: unknown): Promise<Answer>;
  /** The answer as it comes. */
  open(path: string): Promise<Response>;
  rewrite(script: string): Promise<void>;
}

/** The whole process but for its exit, on a port of its own, by a script that its configuration names; ended after the test. @throws InterLinkError when it can't start */
export async function runMock(script: string): Promise<RunningMock> {
  const folder = await mkdtemp(join(tmpdir(), 'interlink-mock-'));
  const over = new AbortController();
  let running: Promise<void> = Promise.resolve();
  onTestFinished(async () => {
    over.abort();
    await running.catch(() => undefined);
    await rm(folder, { recursive: true });
  });
  const file = join(folder, 'script.yaml');
  await writeFile(file, script);
  await writeFile(join(folder, 'token'), 'right\n');
  const config = { Mock: { Script: file }, Auth: { TokenFile: join(folder, 'token') }, DataRootFolder: folder };
  await writeFile(join(folder, 'config.yaml'), JSON.stringify(config));
  const [port = 0] = await findFreePorts(1);
  const env = { INTERLINKCONFIGPATH: join(folder, 'config.yaml'), SIDECARPORT: String(port), LOGLEVEL: 'error' };
  running = runSidecar(mockSidecarOf({}), over.signal, env);
  const url = `http://127.0.0.1:${port}`;
  const headers = { authorization: 'Bearer right' };
  // It ends before that only when it can't start.
  await Promise.race([running, untilReady(`${url}/readyz`, over.signal)]);
  return {
    ask: async (method, path, body) => {
      const sent = body === undefined ? {} : { body: JSON.stringify(body) };
      const type = body === undefined ? {} : { 'content-type': 'application/json' };
      const response = await fetch(`${url}${path}`, { method, headers: { ...headers, ...type }, ...sent });
      const text = await response.text();
      return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
    },
    open: async (path) => await fetch(`${url}${path}`, { headers, signal: over.signal }),
    rewrite: async (text) => await writeFile(file, text),
  };
}

async function untilReady(url: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.status === 200) return;
    await sleep(20, signal);
  }
}
