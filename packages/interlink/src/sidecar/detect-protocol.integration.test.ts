import { HttpTarget, type TargetRequest } from '@interlink/protocol';
import { expect, test } from 'vitest';
import { type Script, startScriptedSidecar, v2Capabilities } from '../testing/scripted-sidecar.ts';
import { detectProtocol } from './detect-protocol.ts';

async function detect(script: Script, proof?: TargetRequest): Promise<string> {
  const { url, port } = await startScriptedSidecar(script);
  const target = new HttpTarget({ url: `${url}:${port}` });
  try {
    return await detectProtocol(target, proof);
  } catch (error) {
    return (error as { code: string }).code;
  } finally {
    await target.close();
  }
}

test.each<[string, { status?: number; body: unknown }, string]>([
  ['its capabilities', { body: v2Capabilities }, 'v2'],
  ['404', { status: 404, body: '404 page not found' }, 'v1'],
  ['405', { status: 405, body: '' }, 'v1'],
  ['400', { status: 400, body: 'unexpected end of JSON input' }, 'v1'],
  ['200 to any path', { body: [] }, 'v1'],
  ['200 with a text', { body: 'ok' }, 'v1'],
  ['500', { status: 500, body: 'ill' }, 'internal'],
  ['503 of a proxy', { status: 503, body: '<html>' }, 'unavailable'],
  ['401', { status: 401, body: '' }, 'unauthenticated'],
  ['403', { status: 403, body: '' }, 'permission_denied'],
  ['302 of a proxy', { status: 302, body: 'Found' }, 'unavailable'],
  ['429', { status: 429, body: '' }, 'resource_exhausted'],
])('detectProtocol() of a peer that answers %s', async (_, answer, expected) => {
  expect(await detect(() => answer)).toBe(expected);
});

test('detectProtocol() concludes nothing from 404 where a v1 peer would know what it is asked then', async () => {
  const proof: TargetRequest = { method: 'POST', path: '/pinglink' };
  expect(await detect(() => ({ status: 404, body: 'no such route' }), proof)).toBe('unavailable');
  for (const status of [200, 503]) {
    const peer: Script = ({ url }) => ({ status: url === '/pinglink' ? status : 404, body: '' });
    expect(await detect(peer, proof)).toBe('v1');
  }
});

test('detectProtocol() concludes nothing from silence', async () => {
  const sidecar = await startScriptedSidecar(() => undefined);
  await sidecar.close();
  const target = new HttpTarget({ url: `${sidecar.url}:${sidecar.port}` });
  await expect(detectProtocol(target)).rejects.toMatchObject({ code: 'unavailable' });
  await target.close();
});
