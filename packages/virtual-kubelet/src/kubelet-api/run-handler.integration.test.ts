import { describe, expect, it } from 'vitest';
import { LocalProvider } from './testing/local-provider.ts';
import { startTestKubelet } from './testing/start-kubelet.ts';

async function startKubelet() {
  const provider = new LocalProvider();
  const kubelet = await startTestKubelet({ streams: provider });
  const admin = await kubelet.admin();
  return { provider, post: async (path: string) => await admin.get(path, { method: 'POST' }) };
}

describe('/run', () => {
  it('answers with both outputs of a command whose words have spaces between them', async () => {
    const { provider, post } = await startKubelet();
    const { status, headers, body } = await post('/run/ns/p/c?cmd=echo+hello++there');
    expect({ status, type: headers['content-type'], body }).toEqual({
      status: 200,
      type: 'application/json',
      body: 'hello  there\n',
    });
    expect((await post('/run/ns/p/u/c?cmd=echo+again')).body).toBe('again\n');
    expect((await post('/run/ns/p/another-uid/c?cmd=echo+again')).status).toBe(404);
    expect(provider.running).toBe(0);
  });

  it('says how a command failed, with its output', async () => {
    const { post } = await startKubelet();
    const { status, body } = await post('/run/ns/p/c?cmd=ls+/no-such-folder');
    expect(status).toBe(500);
    expect(body).toContain("command 'ls /no-such-folder' exited with 2: ls: ");
    expect(body).toContain('/no-such-folder');
  });

  it('wants a command, and a pod that there is', async () => {
    const { post } = await startKubelet();
    expect(await post('/run/ns/p/c')).toMatchObject({ status: 400, body: expect.stringContaining('cmd=') });
    expect((await post('/run/ns/other/c?cmd=true')).status).toBe(404);
  });

  it('says that a node without exec has none', async () => {
    const kubelet = await startTestKubelet({ streams: {} });
    const { status, body } = await (await kubelet.admin()).get('/run/ns/p/c?cmd=true', { method: 'POST' });
    expect([status, body]).toEqual([501, expect.stringContaining('run is not implemented on this node')]);
  });
});
