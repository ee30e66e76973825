import { writeFile } from 'node:fs/promises';
import { HttpTarget } from '@interlink/protocol';
import { expect, onTestFinished, test, vi } from 'vitest';
import { findFreePorts } from '../../../test/testbed/process/free-ports.ts';
import { TlsFolder } from '../../../test/testbed/tls-folder.ts';
import { runSidecar } from './run-sidecar.ts';
import { MemoryBackend } from './testing/memory-backend.ts';

/** A sidecar process whose address is https://, with this group `TLS`. */
async function start(toTls: (folder: TlsFolder) => Promise<Record<string, unknown>>) {
  const folder = await TlsFolder.create();
  onTestFinished(async () => await folder.remove());
  const file = `${folder.path}/config.yaml`;
  const tokenFile = `${folder.path}/token`;
  const [port = 0] = await findFreePorts(1);
  await writeFile(tokenFile, 'right\n');
  await writeFile(file, JSON.stringify({ TLS: await toTls(folder), Auth: { TokenFile: tokenFile } }));
  const env = {
    SIDECARURL: 'https://127.0.0.1',
    SIDECARPORT: String(port),
    LOGLEVEL: 'error',
    INTERLINKCONFIGPATH: file,
  };
  const over = new AbortController();
  const sidecar = { name: 'memory-sidecar', createBackend: async () => new MemoryBackend() };
  const running = runSidecar(sidecar, over.signal, env);
  running.catch(() => undefined);
  onTestFinished(async () => {
    over.abort();
    await running.catch(() => undefined);
  });
  return { folder, running, url: `https://127.0.0.1:${port}` };
}

test('a sidecar at https:// serves its certificate, and takes callers by theirs', async () => {
  const { folder, url } = await start(async (files) => await files.configure('sidecar', undefined));
  const tls = { ca: folder.authority.certificate, ...(await folder.authority.issue({ user: 'interlink' })) };
  const known = new HttpTarget({ url, tls: async () => tls });
  const unknown = new HttpTarget({ url, tls: async () => ({ ca: tls.ca }), token: async () => 'wrong' });
  onTestFinished(async () => void (await Promise.all([known.close(), unknown.close()])));
  const ask = async (target: HttpTarget) => {
    const { statusCode, body } = await target.send({ method: 'GET', path: '/v2/capabilities' });
    await body.dump();
    return statusCode;
  };
  await vi.waitFor(async () => expect(await ask(known)).toBe(200), 10_000);
  expect(await ask(unknown)).toBe(401);
});

test.each([
  ['no certificate', {}, 'TLS.CertFile and TLS.KeyFile are wanted'],
  ['a certificate that is not there', { CertFile: '/none', KeyFile: '/none' }, 'Cannot use TLS.CertFile /none: ENOENT'],
])('a sidecar at https:// does not start with %s', async (_what, tls, message) => {
  const { running } = await start(async () => tls);
  await expect(running).rejects.toThrow(message);
});
