import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { loadInterLinkConfig } from '../config/load-interlink-config.ts';
import { createLogger } from '../process/logger.ts';
import { chooseAuthentication } from './choose-authentication.ts';

/** What a listener asks for with this group `Auth`, whose files are below FOLDER, as is the address. */
async function waysOf(auth: Readonly<Record<string, unknown>>, address: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'interlink-auth-'));
  onTestFinished(async () => await rm(folder, { recursive: true }));
  for (const name of ['token', 'site']) await writeFile(join(folder, name), `${name}\n`, { mode: 0o600 });
  const file = join(folder, 'config.yaml');
  const tls = { InterlinkURL: address, TLS: { CertFile: '/cert.pem', KeyFile: '/key.pem', CACertFile: '/ca.pem' } };
  const keys = { Auth: auth, ...(address.startsWith('https://') ? tls : {}) };
  // JSON is YAML.
  await writeFile(file, JSON.stringify(keys).replaceAll('FOLDER', folder));
  const { config } = await loadInterLinkConfig({ INTERLINKCONFIGPATH: file });
  const url = address.replace('FOLDER', folder);
  const { ways } = await chooseAuthentication(config, url, createLogger('test', 'silent'));
  return ways.replaceAll(folder, 'FOLDER');
}

const own = { TokenFile: 'FOLDER/token' };
const site = { Tokens: [{ Name: 'site', File: 'FOLDER/site' }] };
const issuer = { OIDC: { Issuer: 'https://issuer.example', Audience: ['interlink'] } };

test.each([
  ['http://127.0.0.1:3000', own, 'the bearer token in FOLDER/token'],
  [
    'https://127.0.0.1:3000',
    { ...own, ...site, ...issuer },
    'the bearer token in FOLDER/token, or the bearer token in FOLDER/site, or a bearer token of https://issuer.example, or a client certificate of the CA in /ca.pem',
  ],
  ['unix://FOLDER/run/s.sock', own, 'none: only this account can enter the folder of the socket'],
  [
    'unix://FOLDER/run/s.sock',
    { ...own, TrustProxy: true },
    'the bearer token in FOLDER/token, or what oauth2-proxy says',
  ],
  ['http://127.0.0.1:3000', { AllowUnauthenticated: true }, 'none: anybody may call'],
])('chooseAuthentication() says in words what callers of %s show with %j', async (address, auth, ways) => {
  expect(await waysOf(auth, address)).toBe(ways);
});

test('chooseAuthentication() with AllowUnauthenticated takes everybody for the account, and warns of it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'interlink-auth-'));
  onTestFinished(async () => await rm(folder, { recursive: true }));
  const file = join(folder, 'config.yaml');
  await writeFile(file, 'Auth: { AllowUnauthenticated: true }');
  const { config } = await loadInterLinkConfig({ INTERLINKCONFIGPATH: file });
  const logger = createLogger('test', 'silent');
  const warn = vi.spyOn(logger, 'warn');
  const { authenticate } = await chooseAuthentication(config, 'http://127.0.0.1:3000', logger);
  expect(await authenticate({ headers: {}, socket: new Socket() })).toEqual({ name: 'account', groups: [] });
  expect(warn).toHaveBeenCalledExactlyOnceWith(expect.anything(), expect.stringContaining('anybody who can connect'));
});
