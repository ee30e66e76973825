import { readFile } from 'node:fs/promises';
import { type RequestOptions, request } from 'node:https';
import { describe, expect } from 'vitest';
import { NodeView } from './drivers/node.ts';
import { cannotRun, siteTest } from './drivers/site-test.ts';

const test = siteTest('access');
const paths = ['/status', '/create', '/v2/capabilities', '/v2/owners/c/n/pods', '/metrics'];

describe.skipIf(cannotRun)('who may call', () => {
  test('the kubelet port: nobody without a certificate or a token that the cluster knows', async ({
    site,
    controlPlane,
  }) => {
    const node = await new NodeView(site.nodeName, controlPlane).get();
    const port = node.status?.daemonEndpoints?.kubeletEndpoint?.Port;
    const ask = async (path: string, options: RequestOptions = {}) => await statusOf({ ...options, path, port });
    for (const path of ['/pods', '/containerLogs/default/p/c', '/exec/default/p/c?command=id', '/metrics']) {
      expect([path, await ask(path)]).toEqual([path, 401]);
      expect([path, await ask(path, { headers: { authorization: 'Bearer wrong' } })]).toEqual([path, 401]);
    }
    const { kubeletClient } = controlPlane.certificates;
    const [cert, key] = await Promise.all([readFile(kubeletClient.certFile), readFile(kubeletClient.keyFile)]);
    expect(await ask('/pods', { cert, key })).toBe(200);
  });

  test.for(['interlink', 'sidecar'] as const)('the %s: nobody without its token', async (part, { site }) => {
    const url = part === 'interlink' ? site.interlinkUrl : site.sidecarUrl;
    const token = (await readFile(site.tokenFile, 'utf8')).trim();
    const ask = async (path: string, headers: Record<string, string>) => (await fetch(url + path, { headers })).status;
    for (const path of paths) {
      expect([path, await ask(path, {})]).toEqual([path, 401]);
      expect([path, await ask(path, { authorization: 'Bearer wrong' })]).toEqual([path, 401]);
      expect([path, await ask(path, { authorization: `Basic ${token}` })]).toEqual([path, 401]);
    }
    expect(await ask('/v2/capabilities', { authorization: `Bearer ${token}` })).toBe(200);
  });
});

async function statusOf(options: RequestOptions): Promise<number | undefined> {
  const sent = request({ host: '127.0.0.1', rejectUnauthorized: false, agent: false, ...options });
  return await new Promise((resolve, reject) => {
    sent.once('error', reject);
    sent.once('response', (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.end();
  });
}
