import { join } from 'node:path';
import { expect, test } from 'vitest';
import { kubeconfigFor } from '../testing/loopback-server.ts';
import { inLines, runCheck, scratchFolder } from '../testing/run-check.ts';
import { secondsFromNow, webToken } from '../testing/web-token.ts';
import { tokenClaims } from './token-claims.ts';

const oidc = { Issuer: 'https://issuer.example', Audience: 'interlink' };
const good = { iss: oidc.Issuer, aud: ['interlink', 'other'], iat: secondsFromNow(-60), exp: secondsFromNow(7_260) };

async function findingsFor(token: string, config: object = { OIDC: oidc }) {
  const folder = await scratchFolder({ token });
  const file = join(folder, 'token');
  return await runCheck(tokenClaims, { side: 'cluster', config: { VKTokenFile: file, Auth: config } });
}

test('token-claims is ok with a token that is good now, for this audience and by this issuer', async () => {
  const [line, ...more] = inLines(await findingsFor(webToken(good)));
  expect(more).toEqual([]);
  expect(line).toMatch(/^ok: VKTokenFile \S+ is good for another 2 hours$/);
});

test.each([
  ['has expired', { exp: secondsFromNow(-7_300) }, 'problem', /expired 2 hours ago$/],
  ['is not good yet', { nbf: secondsFromNow(630) }, 'problem', /is good in 10 minutes only$/],
  ['is in its last tenth', { iat: secondsFromNow(-3_540), exp: secondsFromNow(60) }, 'warning', /expires in \d+ \w+$/],
  ['is for somebody else', { aud: 'account' }, 'problem', /is for account; wanted: interlink$/],
  ['is by another issuer', { iss: `${oidc.Issuer}/` }, 'problem', /is of the issuer https:\/\/issuer\.example\/; /],
] as const)('token-claims tells of a token that %s', async (_case, claims, outcome, message) => {
  const findings = await findingsFor(webToken({ ...good, ...claims }));
  const told = findings.filter((finding) => finding.outcome !== 'ok');
  expect(told).toEqual([expect.objectContaining({ outcome, what: expect.stringMatching(message) })]);
});

test('token-claims tells of an expired token in the kubeconfig, and holds it to no audience of InterLink', async () => {
  const kubeconfig = kubeconfigFor(1, { token: webToken({ aud: 'kubernetes', exp: secondsFromNow(-90) }) });
  const findings = await runCheck(tokenClaims, { side: 'cluster', config: { Auth: { OIDC: oidc } }, kubeconfig });
  expect(inLines(findings)).toEqual([
    expect.stringMatching(/^problem: the token of kubeconfig .* expired 1 minute ago$/),
  ]);
});

test.each(['opaque-token', 'a.b.c', 'a.bnVsbA.c'])('token-claims says nothing of %s', async (token) => {
  expect(await findingsFor(token)).toMatchObject([{ outcome: 'skipped' }]);
});
