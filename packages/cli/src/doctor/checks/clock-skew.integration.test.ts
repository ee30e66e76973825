import { expect, test } from 'vitest';
import { kubeconfigFor, serveOnLoopback } from '../testing/loopback-server.ts';
import { inLines, runCheck } from '../testing/run-check.ts';
import { clockSkew } from './clock-skew.ts';

/** InterLink whose clock is so many seconds ahead. */
async function interLinkAhead(seconds: number): Promise<object> {
  const date = () => new Date(Date.now() + seconds * 1_000).toUTCString();
  const { port } = await serveOnLoopback(() => ({ status: 401, body: '', headers: { date: date() } }));
  return { InterlinkURL: `http://127.0.0.1:${port}`, SidecarURL: 'unix:///nowhere/sidecar.sock' };
}

test('clock-skew is ok with a clock that agrees, whatever else the answer says', async () => {
  const findings = await runCheck(clockSkew, { side: 'site', config: await interLinkAhead(0) });
  expect(inLines(findings)).toEqual(['ok: the clock of InterLink agrees with this one']);
});

test.each([
  [20, 'warning', /is \d\d seconds ahead of this one$/],
  [300, 'problem', /is [45] minutes ahead of this one$/],
  [-7_300, 'problem', /is 2 hours behind this one$/],
] as const)('clock-skew tells of a clock that is %d s ahead', async (seconds, outcome, message) => {
  const findings = await runCheck(clockSkew, { side: 'site', config: await interLinkAhead(seconds) });
  expect(findings).toEqual([expect.objectContaining({ outcome, what: expect.stringMatching(message) })]);
});

test('clock-skew looks at the Kubernetes API as well', async () => {
  const date = new Date(Date.now() - 600_000).toUTCString();
  const { port } = await serveOnLoopback(() => ({ body: 'ok', headers: { date } }));
  const config = { InterlinkURL: 'unix:///nowhere/interlink.sock' };
  const findings = await runCheck(clockSkew, { side: 'cluster', config, kubeconfig: kubeconfigFor(port) });
  expect(inLines(findings)).toEqual([
    expect.stringMatching(/^problem: the clock of the Kubernetes API at \S+ is (9|10) minutes behind/),
  ]);
});

test('clock-skew says nothing when nobody answers', async () => {
  const config = { InterlinkURL: 'unix:///nowhere/a.sock', SidecarURL: 'unix:///nowhere/b.sock' };
  expect(await runCheck(clockSkew, { side: 'site', config })).toMatchObject([{ outcome: 'skipped' }]);
});
