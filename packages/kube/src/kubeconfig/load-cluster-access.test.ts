import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadClusterAccess } from './load-cluster-access.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** A kubeconfig of one context `name` with this user. */
const kubeconfig = (name: string, user: object = { token: `token-of-${name}` }, cluster: object = {}) =>
  JSON.stringify({
    'current-context': name,
    clusters: [{ name, cluster: { server: `https://${name}.example:6443`, ...cluster } }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: `ns-of-${name}` } }],
  });

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Writes a file into the test's folder and gives its path. */
async function write(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

describe('loadClusterAccess() looks for a kubeconfig', () => {
  it('given by path, before KUBECONFIG', async () => {
    const env = { KUBECONFIG: await write('env', kubeconfig('env')), HOME: folder };
    const access = await loadClusterAccess({ kubeconfig: await write('given', kubeconfig('given')), env });
    expect(access.server.href).toBe('https://given.example:6443/');
    expect(access.namespace).toBe('ns-of-given');
    expect(access.source).toBe(`kubeconfig "${join(folder, 'given')}", context "given"`);
    expect((await access.credentials()).headers).toEqual({ authorization: 'Bearer token-of-given' });
  });

  it('in the KUBECONFIG list, merged: the first file wins, missing ones are skipped', async () => {
    const first = JSON.stringify({ users: [{ name: 'b', user: { token: 'mine' } }] });
    const list = [
      join(folder, 'missing'),
      await write('a', first),
      await write('b', kubeconfig('b')),
      await write('c', kubeconfig('c')),
    ];
    const env = { KUBECONFIG: list.join(':'), HOME: folder };
    const access = await loadClusterAccess({ env });
    expect(access.server.host).toBe('b.example:6443');
    expect((await access.credentials()).headers).toEqual({ authorization: 'Bearer mine' });
    expect((await loadClusterAccess({ env, context: 'c' })).server.host).toBe('c.example:6443');
  });

  it('in the home folder', async () => {
    await mkdir(join(folder, '.kube'));
    await write('.kube/config', kubeconfig('home'));
    expect((await loadClusterAccess({ env: { HOME: folder } })).server.host).toBe('home.example:6443');
  });

  it('and says what it looked for when there is none', async () => {
    await expect(loadClusterAccess({ env: { HOME: folder } })).rejects.toThrow('Cannot find the Kubernetes API');
    await expect(loadClusterAccess({ kubeconfig: '/no/such', env: {} })).rejects.toThrow('"/no/such": no such file');
    await expect(loadClusterAccess({ env: { KUBECONFIG: '/no/such' } })).rejects.toThrow('none of its files exists');
  });
});

describe('loadClusterAccess() logs in', () => {
  const credentials = async (user: object, cluster: object = {}) =>
    (
      await loadClusterAccess({ kubeconfig: await write('config', kubeconfig('c', user, cluster)), env: {} })
    ).credentials();

  it('with a token file, relative to the kubeconfig, before a token', async () => {
    await write('token', 'from-file\n');
    expect((await credentials({ token: 'old', tokenFile: 'token' })).headers).toEqual({
      authorization: 'Bearer from-file',
    });
  });

  it('with user name and password', async () => {
    expect((await credentials({ username: 'u', password: 'p:q' })).headers).toEqual({
      authorization: `Basic ${base64('u:p:q')}`,
    });
  });

  it('with a client certificate, from data before files', async () => {
    await write('key.pem', 'KEY');
    const user = {
      'client-certificate-data': base64('CERT'),
      'client-certificate': 'nowhere',
      'client-key': 'key.pem',
    };
    expect(
      (await credentials(user, { 'certificate-authority-data': base64('CA'), 'tls-server-name': 'api' })).tls,
    ).toEqual({
      ca: 'CA',
      cert: 'CERT',
      key: 'KEY',
      serverName: 'api',
      insecureSkipVerify: false,
    });
  });

  it('as somebody else', async () => {
    const user = {
      token: 't',
      as: 'alice',
      'as-groups': ['g1', 'g2'],
      'as-uid': '7',
      'as-user-extra': { Scope: ['x'] },
    };
    expect((await credentials(user)).headers).toEqual({
      authorization: 'Bearer t',
      'impersonate-user': 'alice',
      'impersonate-group': ['g1', 'g2'],
      'impersonate-uid': '7',
      'impersonate-extra-scope': ['x'],
    });
  });

  it('with the same TLS object until a file of it changes and is looked at again', async () => {
    await write('cert.pem', 'CERT1');
    await write('key.pem', 'KEY1');
    const text = kubeconfig('c', { 'client-certificate': 'cert.pem', 'client-key': 'key.pem' });
    const access = await loadClusterAccess({ kubeconfig: await write('config', text), env: {} });
    const { tls } = await access.credentials();
    expect((await access.credentials()).tls).toBe(tls);
    await write('cert.pem', 'CERT2');
    expect((await access.credentials()).tls).toBe(tls);
    expect(access.refresh()).toBe(true);
    expect((await access.credentials()).tls.cert).toBe('CERT2');
  });

  it('and knows that a plain token cannot be refreshed', async () => {
    const access = await loadClusterAccess({ kubeconfig: await write('config', kubeconfig('c')), env: {} });
    expect(access.refresh()).toBe(false);
  });
});

describe('loadClusterAccess() refuses', () => {
  it.each([
    ['no current context', JSON.stringify({ contexts: [] }), 'it has no current-context'],
    ['an unknown context', JSON.stringify({ 'current-context': 'x' }), 'there is no context "x" (known: none)'],
    ['a server that is no URL', kubeconfig('c', {}, { server: 'http://' }), 'clusters["c"].server is "http://"'],
    [
      'a certificate without key',
      kubeconfig('c', { 'client-certificate-data': base64('C') }),
      'a client certificate without a key',
    ],
    [
      'data that is not base64',
      kubeconfig('c', {}, { 'certificate-authority-data': '-----BEGIN' }),
      'certificate-authority-data is not base64',
    ],
    [
      'an unknown exec version',
      kubeconfig('c', { exec: { apiVersion: 'v9', command: 'x' } }),
      'exec.apiVersion is "v9"',
    ],
    [
      'an exec that wants a terminal',
      kubeconfig('c', {
        exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'x', interactiveMode: 'Always' },
      }),
      'no terminal',
    ],
    [
      'an unknown auth-provider',
      kubeconfig('c', { 'auth-provider': { name: 'ldap' } }),
      'auth-provider.name is "ldap"',
    ],
    ['a list that is none', 'users: {a: b}', 'users is a object, want a list'],
    ['an entry without name', 'users: [{user: {token: hunter2}}]', 'users[0] is not a mapping with "name" and "user"'],
    ['a text', 'hunter2', 'it holds a string, want a mapping'],
    ['invalid YAML', 'users:\n- name: a\n  user: {token: hunter2', 'invalid YAML at line 3'],
  ])('%s, without a secret in the message', async (_what, text, message) => {
    const loading = loadClusterAccess({ kubeconfig: await write('config', text), env: {} });
    await expect(loading).rejects.toThrow(message);
    await expect(loading).rejects.toThrow(join(folder, 'config'));
    await expect(loading).rejects.not.toThrow('hunter2');
  });

  it('a token file that is missing or empty, by name', async () => {
    const path = await write('config', kubeconfig('c', { tokenFile: 'token' }));
    const access = await loadClusterAccess({ kubeconfig: path, env: {} });
    await expect(access.credentials()).rejects.toThrow(`Cannot read "${join(folder, 'token')}"`);
    await write('token', '\n');
    await expect(access.credentials()).rejects.toThrow('it is empty');
  });
});
