import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { HttpTarget } from '@interlink/protocol';
import { createLogger, loadInterLinkConfig } from '@interlink/service-kit';
import { expect, onTestFinished, test, vi } from 'vitest';
import { TlsFolder } from '../../../test/testbed/tls-folder.ts';
import type { InterLinkHttp } from './config/interlink-http.ts';
import { interLinkTls } from './interlink-tls.ts';

/** Asks an HTTPS server that no CA of the system knows. */
async function start(options: TlsOptions = {}) {
  const folder = await TlsFolder.create();
  onTestFinished(async () => await folder.remove());
  const pair = await folder.authority.issue({ user: 's', usage: 'serverAuth', names: ['127.0.0.1'] });
  const server = createServer({ ...pair, ...options });
  server.on('request', (_request, response) => response.end('ok')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const logger = createLogger('test', 'silent');
  const warn = vi.spyOn(logger, 'warn');
  const ask = async (http: InterLinkHttp, tls: Record<string, string> = {}) => {
    const file = `${folder.path}/config.yaml`;
    await writeFile(file, JSON.stringify({ InterlinkURL: `https://127.0.0.1:${port}`, TLS: tls }));
    const { config } = await loadInterLinkConfig({ INTERLINKCONFIGPATH: file });
    const target = new HttpTarget({ url: config.InterlinkURL, tls: await interLinkTls(config, http, logger) });
    try {
      return await (await target.send({ method: 'GET', path: '/' })).body.text();
    } finally {
      await target.close();
    }
  };
  return { folder, ask, warn };
}

test('InterLink is taken by the CA of TLS.CACertFile or HTTP.CaCert, and not without', async () => {
  const { folder, ask } = await start();
  await expect(ask({})).rejects.toThrow('its certificate is signed by an unknown CA, which is not trusted here');
  expect(await ask({}, { CACertFile: folder.caFile })).toBe('ok');
  expect(await ask({ caCertFile: folder.caFile })).toBe('ok');
  const both = ask({ caCertFile: '/a' }, { CACertFile: '/b' });
  await expect(both).rejects.toThrow('TLS.CACertFile /b and HTTP.CaCert /a both name the CA of InterLink');
  await expect(ask({ caCertFile: '/none' })).rejects.toThrow('Cannot use HTTP.CaCert /none: ENOENT');
});

test('HTTP.Insecure takes any certificate, with a warning', async () => {
  const { ask, warn } = await start();
  expect(await ask({ isInsecure: true })).toBe('ok');
  expect(warn).toHaveBeenCalledWith(expect.anything(), expect.stringContaining('the certificate is not verified'));
});

test('a proxy before InterLink that has no better than TLS 1.2 is taken', async () => {
  const { folder, ask } = await start({ maxVersion: 'TLSv1.2' });
  expect(await ask({}, { CACertFile: folder.caFile })).toBe('ok');
});
