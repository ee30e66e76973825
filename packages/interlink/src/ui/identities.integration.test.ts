import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpTarget } from '@interlink/protocol';
import { clientTls, createLogger } from '@interlink/service-kit';
import { expect, onTestFinished, test, vi } from 'vitest';
import { TlsFolder } from '../../../../test/testbed/tls-folder.ts';
import { startInterLink } from '../testing/running-interlink.ts';
import { startScriptedSidecar, v2Capabilities } from '../testing/scripted-sidecar.ts';
import { Browser } from './testing/browser.ts';

const logger = createLogger('test', 'silent');
const html = { accept: 'text/html' };

async function startSidecar(): Promise<number> {
  const { port } = await startScriptedSidecar(() => ({ body: v2Capabilities }));
  return port;
}

async function ask(target: HttpTarget, headers: Record<string, string> = {}) {
  const {
    statusCode,
    headers: told,
    body,
  } = await target.send({
    ...{ method: 'GET', path: '/ui', headers: { ...html, ...headers } },
  });
  return { status: statusCode, location: told.location, text: await body.text() };
}

function closing(target: HttpTarget): HttpTarget {
  onTestFinished(async () => await target.close());
  return target;
}

test('who shows a client certificate is let in without a token; who shows none can sign in, by a cookie for TLS alone', async () => {
  const folder = await TlsFolder.create();
  onTestFinished(async () => await folder.remove());
  const { url } = await startInterLink(await startSidecar(), {
    ...{ isTcp: true, tls: await folder.configure('interlink', { usage: 'serverAuth', names: ['127.0.0.1'] }) },
    clientTls: async () => ({ ca: folder.authority.certificate }),
  });
  const operator = { place: 'TLS', ...(await folder.issue('operator', { usage: 'clientAuth' })) };
  const tls = await clientTls(url, { ...operator, caCertFile: folder.caFile }, logger);
  const known = await ask(closing(new HttpTarget({ url, tls })));
  expect(known.status).toBe(200);
  expect(known.text).toContain('certificate:operator');
  expect(known.text).not.toContain('Sign out');
  const bare = closing(new HttpTarget({ url, tls: async () => ({ ca: folder.authority.certificate }) }));
  expect(await ask(bare)).toMatchObject({ status: 303, location: '/ui/sign-in' });
  const { statusCode, headers, body } = await bare.send({
    ...{ method: 'POST', path: '/ui/sign-in', body: 'token=the-account-token' },
    headers: { ...html, 'content-type': 'application/x-www-form-urlencoded' },
  });
  await body.dump();
  expect(statusCode).toBe(303);
  expect(String(headers['set-cookie'])).toMatch(/; HttpOnly; SameSite=Strict; Secure$/);
});

test('who oauth2-proxy says that looks is believed where it is trusted', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'interlink-ui-proxy-'));
  onTestFinished(async () => await rm(folder, { recursive: true }));
  await writeFile(join(folder, 'token'), 'the-account-token');
  const { url } = await startInterLink(await startSidecar(), {
    config: {
      Auth: { TokenFile: join(folder, 'token'), TrustProxy: true },
      Policy: { Grants: [{ Groups: ['operators'], Operator: true }] },
    },
  });
  const bare = closing(new HttpTarget({ url }));
  const known = await ask(bare, { 'x-forwarded-user': 'ada', 'x-forwarded-groups': 'operators' });
  expect([known.status, known.text.includes('oidc:ada')]).toEqual([200, true]);
  expect((await ask(bare, { 'x-forwarded-user': 'eve', 'x-forwarded-groups': 'others' })).status).toBe(403);
  expect((await ask(bare)).status).toBe(303);
});

test('a session ends when its token is no longer good', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'interlink-ui-token-'));
  onTestFinished(async () => await rm(folder, { recursive: true }));
  const [account, own] = [join(folder, 'account'), join(folder, 'own')];
  await writeFile(account, 'the-account-token');
  await writeFile(own, 'the-first-token');
  const { url } = await startInterLink(await startSidecar(), {
    isTcp: true,
    config: { Auth: { TokenFile: account, Tokens: [{ Name: 'ada', File: own }] } },
  });
  const browser = new Browser(url);
  await browser.signIn('the-first-token');
  expect((await browser.get('/ui')).status).toBe(200);
  await writeFile(`${own}.new`, 'the-second-token');
  await rename(`${own}.new`, own);
  await vi.waitFor(async () => expect((await browser.get('/ui')).headers.location).toBe('/ui/sign-in'), 30_000);
});
