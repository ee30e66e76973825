import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadInterLinkConfig } from '@interlink/service-kit';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { keepLogLines } from '../kubelet-api/testing/log-lines.ts';
import { interLinkToken } from './interlink-token.ts';
import { clientSecret, SessionIssuer, type SessionIssuerOptions } from './testing/session-issuer.ts';

const audience = 'https://interlink.example';
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interlink-client-'));
});
afterEach(async () => await rm(folder, { recursive: true }));

async function startIssuer(options: SessionIssuerOptions = {}): Promise<SessionIssuer> {
  const issuer = await SessionIssuer.start(options);
  onTestFinished(async () => await issuer.stop());
  return issuer;
}

/** Writes the configuration as an administrator does. */
async function configure(issuer: SessionIssuer, more: Record<string, string> = {}) {
  const files = {
    secret: join(folder, 'secret'),
    session: join(folder, 'session'),
    config: join(folder, 'config.yaml'),
  };
  await writeFile(files.secret, `${clientSecret}\n`, { mode: 0o600 });
  const client = { Issuer: issuer.url, ClientID: 'vk', ClientSecretFile: files.secret, Audience: audience, ...more };
  await writeFile(files.config, JSON.stringify({ Auth: { Client: client } }));
  return files;
}

async function open() {
  const { config } = await loadInterLinkConfig({ INTERLINKCONFIGPATH: join(folder, 'config.yaml') });
  const log = keepLogLines();
  return { ...log, token: await interLinkToken(config, log.logger) };
}

const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

test.each(['client_secret_basic', 'client_secret_post'] as const)(
  'a token is got by the client’s credentials, shown as %s, for the audience and the scope',
  async (clientAuthentication) => {
    const issuer = await startIssuer({ clientAuthentication });
    await configure(issuer, { Scope: 'pods' });
    const { token, everything } = await open();
    const claims = claimsOf(await token.current());
    expect(claims).toMatchObject({ iss: issuer.url, aud: audience, scope: 'pods', client_id: 'vk' });
    await token.current();
    expect(issuer.grants).toHaveLength(1);
    expect(everything.join()).not.toContain(clientSecret);
  },
);

test('a secret that is wrong is told in the issuer’s words, without it; the one that replaces it is read', async () => {
  const issuer = await startIssuer();
  const { secret } = await configure(issuer);
  await writeFile(secret, 'an-old-secret');
  const { token, everything } = await open();
  await expect(token.current()).rejects.toThrow(
    `No token for InterLink from ${issuer.url}/: invalid_client: client authentication failed`,
  );
  expect(everything.join()).toContain('invalid_client');
  expect(everything.join()).not.toContain('an-old-secret');
  await writeFile(secret, clientSecret);
  const stop = new AbortController();
  const running = token.renewal?.run(stop.signal);
  await vi.waitFor(async () => expect(claimsOf(await token.current()).client_id).toBe('vk'), { timeout: 20_000 });
  stop.abort();
  await running;
});

test('an issuer that repeats what it was sent does not bring it into a message', async () => {
  const issuer = await startIssuer();
  const { session } = await configure(issuer, { RefreshTokenFile: join(folder, 'session') });
  await writeFile(session, 'the-refresh-token');
  issuer.inTheWay = (response) => {
    const said = { error: 'invalid_grant', error_description: `the-refresh-token of ${clientSecret} is over` };
    response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify(said));
  };
  const { token } = await open();
  await expect(token.current()).rejects.toThrow('invalid_grant: … of … is over');
});

test.each([
  ['no JSON', 502, 'text/html', '<h1>Bad gateway</h1>', 'it answered with status 502 and no error of OAuth 2.0'],
  ['a token of another kind', 200, 'application/json', '{"access_token":"x","token_type":"mac"}', 'token_type'],
])('an answer that is %s is told', async (_, status, type, body, reason) => {
  const issuer = await startIssuer();
  await configure(issuer);
  issuer.inTheWay = (response) => void response.writeHead(status, { 'content-type': type }).end(body);
  const { token } = await open();
  await expect(token.current()).rejects.toThrow(reason);
});

test('an issuer that is away for a while: the old token serves, then a new one comes', async () => {
  const issuer = await startIssuer({ ttlSeconds: 4 });
  await configure(issuer);
  const { token } = await open();
  const first = await token.current();
  const stop = new AbortController();
  const running = token.renewal?.run(stop.signal);
  await issuer.stop();
  await vi.waitFor(() => expect(token.renewal?.trouble).toMatch(/Cannot reach http:.*ECONNREFUSED/), {
    timeout: 20_000,
  });
  expect(token.renewal?.validForMs === 0 || (await token.current()) === first).toBe(true);
  await issuer.resume();
  await vi.waitFor(() => expect(token.renewal?.trouble).toBeUndefined(), { timeout: 20_000 });
  expect(await token.current()).not.toBe(first);
  stop.abort();
  await running;
});

test('a session goes on over restarts: each refresh token is used once, and the next is in the file', async () => {
  const issuer = await startIssuer();
  const { session } = await configure(issuer, { RefreshTokenFile: join(folder, 'session') });
  const spent = [await issuer.logIn()];
  await writeFile(session, spent[0] ?? '');
  for (let restart = 0; restart < 3; restart += 1) {
    const { token, everything } = await open();
    expect(claimsOf(await token.current())).toMatchObject({ sub: 'alice', client_id: 'vk' });
    const next = (await readFile(session, 'utf8')).trim();
    expect(spent).not.toContain(next);
    expect(everything.join()).not.toContain(next);
    spent.push(next);
  }
});

test('the clock of the issuer may be hours off: neither the token’s life nor an ID token beside it is judged by ours', async () => {
  const issuer = await startIssuer();
  const { session } = await configure(issuer, { RefreshTokenFile: join(folder, 'session') });
  await writeFile(session, await issuer.logIn());
  const { token } = await open();
  const real = Date.now();
  // The issuer runs in this process: its clock is put right again only once it has answered.
  vi.spyOn(Date, 'now').mockReturnValue(real - 5 * 3_600_000);
  issuer.onAnswer = () => void vi.restoreAllMocks();
  onTestFinished(() => void vi.restoreAllMocks());
  const { iat } = claimsOf(await token.current());
  expect(iat * 1_000).toBeLessThan(real - 4 * 3_600_000);
  expect(token.renewal?.validForMs).toBeGreaterThan(250_000);
});

test('a refresh token that was used before ends the session, which is told; one that is put in its place begins another', async () => {
  const issuer = await startIssuer();
  const { session } = await configure(issuer, { RefreshTokenFile: join(folder, 'session') });
  const first = await issuer.logIn();
  await writeFile(session, first);
  await (await open()).token.current();
  await writeFile(session, first);
  await expect((await open()).token.current()).rejects.toThrow(/invalid_grant/);
  await writeFile(session, await issuer.logIn());
  expect(claimsOf(await (await open()).token.current()).sub).toBe('alice');
});

test('two processes of one session take turns', async () => {
  const issuer = await startIssuer();
  const { session } = await configure(issuer, { RefreshTokenFile: join(folder, 'session') });
  await writeFile(session, await issuer.logIn());
  const { token } = await open();
  const held = Promise.withResolvers<void>();
  issuer.hold = held.promise;
  const child = startExchange(issuer, session);
  await vi.waitFor(() => expect(issuer.grants).toHaveLength(1), { timeout: 60_000 });
  const ours = token.current();
  const theirs = once(child, 'message');
  held.resolve();
  const [told] = (await theirs) as [string];
  expect([claimsOf(told).sub, claimsOf(await ours).sub]).toEqual(['alice', 'alice']);
});

test('a process that is killed after the issuer has answered leaves no lock, and the session goes on if the issuer allows it', async () => {
  const issuer = await startIssuer({ takesUsedTokens: true });
  const { session } = await configure(issuer, { RefreshTokenFile: join(folder, 'session') });
  const first = await issuer.logIn();
  await writeFile(session, first);
  const child = startExchange(issuer, session);
  const exit = once(child, 'exit');
  issuer.onAnswer = () => void child.kill('SIGKILL');
  await exit;
  issuer.onAnswer = undefined;
  expect(await readFile(session, 'utf8')).toBe(first);
  expect(claimsOf(await (await open()).token.current()).sub).toBe('alice');
  expect(await readFile(session, 'utf8')).not.toBe(first);
});

test('VKTokenFile beside Auth.Client, and files that are not there, are refused at start', async () => {
  const issuer = await startIssuer();
  const { session, config } = await configure(issuer, { RefreshTokenFile: join(folder, 'session') });
  await expect(open()).rejects.toThrow(`Cannot read the refresh token file ${session}`);
  const { config: both } = await loadInterLinkConfig({ INTERLINKCONFIGPATH: config, VKTOKENFILE: '/run/token' });
  await expect(interLinkToken(both, keepLogLines().logger)).rejects.toThrow(
    'VKTokenFile is "/run/token", and Auth.Client is set: one of them is wanted',
  );
});

/** A process of its own, which sends its token when it has one. */
function startExchange(issuer: SessionIssuer, session: string) {
  const child = fork(join(import.meta.dirname, 'testing', 'exchange-once.ts'), [issuer.url, session, audience], {
    execArgv: ['--conditions=interlink-source'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}
