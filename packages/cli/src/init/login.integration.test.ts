import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { serveOnLoopback } from '../doctor/testing/loopback-server.ts';
import { runInit } from './run-init.ts';

const { signal } = new AbortController();

/** An issuer whose user enters the code after the second poll; or does something else. */
async function issuer(ending: object = { access_token: 'a', token_type: 'bearer', refresh_token: 'the-session' }) {
  const polls: string[] = [];
  const asked: string[] = [];
  const served = await serveOnLoopback((path, body, { headers }) => {
    const url = `http://${headers.host}`;
    asked.push(body);
    if (path === '/.well-known/openid-configuration')
      return {
        body: {
          ...{ issuer: url, token_endpoint: `${url}/token`, device_authorization_endpoint: `${url}/device` },
          ...{ response_types_supported: [], subject_types_supported: [], authorization_endpoint: `${url}/a` },
        },
      };
    if (path === '/device')
      return {
        body: {
          ...{ device_code: 'the-device-code', user_code: 'ABCD\u001b[2J-EFGH', verification_uri: `${url}/enter` },
          ...{ expires_in: 60, interval: 0.01 },
        },
      };
    polls.push(body);
    if (polls.length < 3) return { status: 400, body: { error: 'authorization_pending' } };
    return { status: 'error' in ending ? 400 : 200, body: ending };
  });
  return { url: `http://127.0.0.1:${served.port}`, polls, asked };
}

/** What becomes of `interlink init --login` at this issuer. */
async function login(url: string) {
  const home = await mkdtemp(join(tmpdir(), 'init-'));
  onTestFinished(async () => await rm(home, { recursive: true }));
  const said: string[] = [];
  const folders = { siteFolder: join(home, 'site'), clusterFolder: join(home, 'cluster') };
  const given = {
    ...({ ...folders, type: 'edge', backend: 'slurm', host: 'site.example', auth: 'oidc' } as const),
    ...({ issuer: url, clientId: 'vk', login: true } as const),
  };
  const run = async () =>
    await runInit(
      { given, isForced: false, terminal: undefined, say: (text) => said.push(text), typed: String },
      signal,
    );
  return { run, said, session: join(home, 'cluster', 'session') };
}

test('interlink init --login writes the session that somebody began in a browser, once', async () => {
  const { url, polls, asked } = await issuer();
  const { run, said, session } = await login(url);
  await run();
  expect(said).toEqual([
    expect.stringContaining(`open ${url}/enter in a browser, on any machine, and enter the code ABCD[2J-EFGH.`),
  ]);
  expect([await readFile(session, 'utf8'), (await stat(session)).mode & 0o777]).toEqual(['the-session\n', 0o600]);
  expect(asked[1]).toContain('scope=openid+offline_access');
  expect(polls[0]).toContain('device_code=the-device-code');
  await run();
  expect([said.length, polls.length]).toEqual([1, 3]);
});

test('interlink init --login writes nothing when nobody is let in, and says why without the code', async () => {
  const { url } = await issuer({ error: 'access_denied', error_description: 'not with the-device-code' });
  const { run, session } = await login(url);
  await expect(run()).rejects.toMatchObject({ code: 'unauthenticated', message: 'access_denied: not with …' });
  await expect(stat(session)).rejects.toThrow('ENOENT');
});

test('interlink init --login says when there is no session to be had', async () => {
  const { url } = await issuer({ access_token: 'a', token_type: 'bearer' });
  await expect((await login(url)).run()).rejects.toThrow('offline_access');
});
