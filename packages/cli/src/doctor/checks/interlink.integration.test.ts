import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dockerCapabilities } from '../testing/capabilities.ts';
import { type Answer, closedPort, serveOnLoopback } from '../testing/loopback-server.ts';
import { inLines, runCheck, scratchFolder } from '../testing/run-check.ts';
import { interLink } from './interlink.ts';

/** What is found of an InterLink that answers so whoever shows the right token. */
async function findingsOf(answer: Answer, token = 'the-token') {
  const { port } = await serveOnLoopback((path, _body, { headers }) => {
    if (headers.authorization !== 'Bearer the-token')
      return { status: 401, body: { code: 'unauthenticated', detail: `nobody knows ${headers.authorization}` } };
    return path === '/v2/capabilities' || path === '/pinglink' ? answer : { status: 404, body: '' };
  });
  const folder = await scratchFolder({ token });
  const config = { InterlinkURL: `http://127.0.0.1:${port}`, VKTokenFile: join(folder, 'token') };
  return await runCheck(interLink, { side: 'cluster', config });
}

test('interlink is ok when it answers, with what it says of itself', async () => {
  expect(inLines(await findingsOf({ body: dockerCapabilities }))).toEqual([
    expect.stringMatching(
      /^ok: InterLink at http:\S+ answers: protocol v2 and v1, docker 1, pools: default, verbs: create, delete, list, watch$/,
    ),
  ]);
});

test('interlink passes on what InterLink warns of', async () => {
  const warnings = ['the sidecar one does not answer: connection refused'];
  const findings = await findingsOf({ body: { ...dockerCapabilities, warnings, pools: [] } });
  expect(inLines(findings).slice(1)).toEqual([
    'warning: InterLink: the sidecar one does not answer: connection refused',
    'warning: InterLink: it announces no pool: nodes have only what the provider file gives them',
  ]);
});

test('interlink fails when the token is not the right one', async () => {
  const [finding, ...more] = await findingsOf({ body: dockerCapabilities }, 'another-token');
  expect(more).toEqual([]);
  expect(finding).toMatchObject({
    outcome: 'problem',
    why: expect.stringContaining('does not know what it was shown (the token in '),
    fix: expect.stringContaining('VKTokenFile'),
  });
});

test.each([
  [{ status: 403, body: { code: 'permission_denied', detail: 'no grant' } }, /no grant/, /Policy\.Grants/],
  [{ status: 503, body: { code: 'unavailable', detail: 'starting' } }, /starting/, /start InterLink/],
  [{ status: 302, body: 'sign in there' }, /refuses to say what it can do/, /the proxy before it/],
] as const)('interlink fails when it answers %j', async (answer, what, fix) => {
  expect(await findingsOf(answer)).toMatchObject([
    { outcome: 'problem', what: expect.stringMatching(what), fix: expect.stringMatching(fix) },
  ]);
});

test('interlink fails when nobody listens there, and when the file with its CA is missing', async () => {
  const url = `http://127.0.0.1:${await closedPort()}`;
  expect(inLines(await runCheck(interLink, { side: 'site', config: { InterlinkURL: url } }))).toEqual([
    expect.stringMatching(`^problem: InterLink at ${url}: connect ECONNREFUSED`),
  ]);
  const config = { InterlinkURL: 'https://127.0.0.1', TLS: { CACertFile: '/nowhere/ca.crt' } };
  expect(inLines(await runCheck(interLink, { side: 'site', config }))).toEqual([
    expect.stringMatching(/^problem: Cannot use TLS\.CACertFile \/nowhere\/ca\.crt: /),
  ]);
});

test('interlink leaves the warnings of a sidecar to the check of that, where it is asked itself', async () => {
  const told = 'images are ignored';
  const serve = async (warnings: string[]) =>
    await serveOnLoopback((path) =>
      path === '/v2/capabilities' ? { body: { ...dockerCapabilities, warnings } } : { status: 404, body: '' },
    );
  const sidecar = await serve([told]);
  const gateway = await serve([told, `one: ${told}`, 'the sidecar two does not answer']);
  const config = { InterlinkURL: `http://127.0.0.1:${gateway.port}`, SidecarPort: sidecar.port };
  const lines = async (side: 'site' | 'cluster') => inLines(await runCheck(interLink, { side, config })).slice(1);
  expect(await lines('site')).toEqual(['warning: InterLink: the sidecar two does not answer']);
  expect(await lines('cluster')).toHaveLength(3);
});
