import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inClusterAccess } from './in-cluster-access.ts';

const env = { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' };

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'serviceaccount-'));
  for (const [name, text] of [
    ['token', 't1\n'],
    ['ca.crt', 'CA1'],
    ['namespace', 'ns'],
  ] as const)
    await writeFile(join(folder, name), text);
});
afterEach(() => rm(folder, { recursive: true }));

describe('inClusterAccess()', () => {
  it('is undefined outside a cluster', async () => {
    expect(await inClusterAccess({}, folder)).toBeUndefined();
  });

  it('reads the service account, with the token trimmed', async () => {
    const access = await inClusterAccess(env, folder);
    expect(access?.server.href).toBe('https://10.96.0.1/');
    expect(access?.namespace).toBe('ns');
    expect(await access?.credentials()).toEqual({
      headers: { authorization: 'Bearer t1' },
      tls: { ca: 'CA1', insecureSkipVerify: false },
    });
  });

  it('reads token and CA again after refresh()', async () => {
    const access = await inClusterAccess(env, folder);
    await writeFile(join(folder, 'token'), 't2');
    await writeFile(join(folder, 'ca.crt'), 'CA2');
    expect((await access?.credentials())?.headers).toEqual({ authorization: 'Bearer t1' });
    expect(access?.refresh()).toBe(true);
    expect(await access?.credentials()).toMatchObject({ headers: { authorization: 'Bearer t2' }, tls: { ca: 'CA2' } });
  });

  it('writes an IPv6 address as a URL wants it', async () => {
    const access = await inClusterAccess({ ...env, KUBERNETES_SERVICE_HOST: 'fd00::1' }, folder);
    expect(access?.server.hostname).toBe('[fd00::1]');
  });

  it('names the file that is missing', async () => {
    await rm(join(folder, 'token'));
    await expect(inClusterAccess(env, folder)).rejects.toThrow(join(folder, 'token'));
  });
});
