import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectAt } from './connect.ts';
import { findEngineAddress } from './docker-context.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interlink-context-'));
});
afterEach(async () => await rm(folder, { recursive: true }));

const idOf = (name: string) => createHash('sha256').update(name).digest('hex');
const find = async (env: NodeJS.ProcessEnv = {}) => await findEngineAddress({ DOCKER_CONFIG: folder, ...env });

async function write(path: string, content: unknown): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content));
}

/** As `docker context create` writes it. */
async function createContext(Name: string, docker: object, tlsFiles: string[] = []): Promise<void> {
  await write(`contexts/meta/${idOf(Name)}/meta.json`, { Name, Metadata: {}, Endpoints: { docker } });
  for (const file of tlsFiles) await write(`contexts/tls/${idOf(Name)}/docker/${file}`, `of ${file}`);
}

const use = async (currentContext: unknown) => await write('config.json', { auths: {}, currentContext });
const socket = (path: string) => ({ kind: 'socket', path });

beforeEach(async () => {
  await createContext('mine', { Host: 'unix:///mine.sock', SkipTLSVerify: false });
  await createContext('other', { Host: 'unix:///other.sock', SkipTLSVerify: false });
});

test.each<[string, NodeJS.ProcessEnv, unknown, string]>([
  ['DOCKER_HOST first', { DOCKER_HOST: 'unix:///host.sock', DOCKER_CONTEXT: 'other' }, 'mine', '/host.sock'],
  ['then DOCKER_CONTEXT', { DOCKER_HOST: '', DOCKER_CONTEXT: 'other' }, 'mine', '/other.sock'],
  ['then the current context', { DOCKER_CONTEXT: '' }, 'mine', '/mine.sock'],
  ['DOCKER_CONTEXT that says default', { DOCKER_CONTEXT: 'default' }, 'mine', '/var/run/docker.sock'],
  ['a current context that says default', {}, 'default', '/var/run/docker.sock'],
  ['no current context', {}, undefined, '/var/run/docker.sock'],
  ['a current context without a name', {}, '', '/var/run/docker.sock'],
])('findEngineAddress() goes by %s', async (_, env, current, path) => {
  await use(current);
  expect(await find(env)).toEqual(socket(path));
});

test('findEngineAddress() without a configuration is the engine of this machine', async () => {
  expect(await find()).toEqual(socket('/var/run/docker.sock'));
  expect(await findEngineAddress({ DOCKER_CONFIG: '/nonexistent' })).toEqual(socket('/var/run/docker.sock'));
});

test('findEngineAddress() has the certificates of a context, and none of the environment', async () => {
  await createContext('far', { Host: 'tcp://far.example:2376' }, ['ca.pem', 'cert.pem', 'key.pem']);
  await createContext('plain', { Host: 'tcp://plain.example' });
  const tls = join(folder, 'contexts', 'tls', idOf('far'), 'docker');
  const env = { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/elsewhere' };
  const far = await find({ ...env, DOCKER_CONTEXT: 'far' });
  expect(far).toEqual({ kind: 'tcp', host: 'far.example', port: 2376, certificates: tls });
  expect((await connectAt(far)).modem).toMatchObject({
    ...{ protocol: 'https', host: 'far.example', port: 2376 },
    ...{ ca: Buffer.from('of ca.pem'), cert: Buffer.from('of cert.pem'), key: Buffer.from('of key.pem') },
  });
  expect(await find({ ...env, DOCKER_CONTEXT: 'plain' })).toEqual({
    ...{ kind: 'tcp', host: 'plain.example', port: 2375, certificates: undefined },
  });
});

test.each<[string, string, object | undefined, RegExp]>([
  ['that is not there', 'none', undefined, /^DOCKER_CONTEXT is "none": no such context is in \S+contexts$/],
  ['that would lead elsewhere', '../../meta', undefined, /no such context/],
  ['over ssh', 'c', { Host: 'ssh://h' }, /^The host of the Docker context "c" is "ssh:\/\/h": unix:\/\/\/path or tcp/],
  ['of a named pipe', 'c', { Host: 'npipe:////./pipe/x' }, /unix:\/\/\/path or tcp/],
  ['that checks nobody', 'c', { Host: 'tcp://h:1', SkipTLSVerify: true }, /SkipTLSVerify: whoever answers/],
])('findEngineAddress() refuses a context %s', async (_, DOCKER_CONTEXT, docker, message) => {
  if (docker !== undefined) await createContext(DOCKER_CONTEXT, docker);
  const refusal = { code: 'invalid_argument', message: expect.stringMatching(message) };
  await expect(find({ DOCKER_CONTEXT })).rejects.toMatchObject(refusal);
});

test('findEngineAddress() names the file of a current context that is not there, and one that can’t be read', async () => {
  await use('none');
  await expect(find()).rejects.toThrow(`currentContext of ${join(folder, 'config.json')} is "none"`);
  await write('config.json', '{');
  await expect(find()).rejects.toThrow(`Cannot read ${join(folder, 'config.json')}: `);
});

test('connectAt() names the folder where certificates of a context are missing', async () => {
  await createContext('half', { Host: 'tcp://h' }, ['ca.pem']);
  await expect(connectAt(await find({ DOCKER_CONTEXT: 'half' }))).rejects.toThrow(
    `Cannot read the engine's certificates in ${join(folder, 'contexts', 'tls', idOf('half'), 'docker')}`,
  );
});

test('findEngineAddress() refuses a context whose certificates it cannot read: nothing is sent in clear for want of them', async () => {
  await createContext('far', { Host: 'tcp://far.example:2376' }, ['ca.pem']);
  const tls = join(folder, 'contexts', 'tls', idOf('far'), 'docker');
  await rm(tls, { recursive: true });
  // Root may read whatever is closed to others: a link to itself nobody can.
  await symlink(tls, tls);
  await expect(find({ DOCKER_CONTEXT: 'far' })).rejects.toMatchObject({
    code: 'invalid_argument',
    message: expect.stringMatching(/^Cannot read \S+docker: ELOOP/),
  });
});
