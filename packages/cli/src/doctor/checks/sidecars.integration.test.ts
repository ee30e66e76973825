import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dockerCapabilities } from '../testing/capabilities.ts';
import { closedPort, serveOnLoopback } from '../testing/loopback-server.ts';
import { inLines, runCheck, scratchFolder } from '../testing/run-check.ts';
import { sidecars } from './sidecars.ts';

const sidecar = async (capabilities: object = dockerCapabilities) =>
  (await serveOnLoopback((path) => (path === '/v2/capabilities' ? { body: capabilities } : { status: 404, body: '' })))
    .port;

test('sidecars is ok with one that answers, and is of the kind that is configured', async () => {
  const findings = await runCheck(sidecars, { side: 'site', config: { SidecarPort: await sidecar() } });
  expect(inLines(findings)).toEqual([
    expect.stringMatching(/^ok: the sidecar at http:\S+ answers: .* docker 1, pools/),
  ]);
});

test('sidecars warns when another kind answers than the one that is configured', async () => {
  const config = { SidecarService: 'slurm', SidecarPort: await sidecar() };
  expect(inLines(await runCheck(sidecars, { side: 'site', config }))[1]).toMatch(
    /^warning: SidecarService is slurm, and the sidecar at \S+ is one of docker$/,
  );
});

test('sidecars looks at each row of a table, and names the one that is not there', async () => {
  const [here, there] = [await sidecar(), await closedPort()];
  const config = {
    Sidecars: [
      { Name: 'one', URL: `http://127.0.0.1:${here}`, Nodes: ['one'] },
      { Name: 'two', URL: `http://127.0.0.1:${there}`, Nodes: ['two'] },
    ],
  };
  expect(inLines(await runCheck(sidecars, { side: 'site', config }))).toEqual([
    expect.stringMatching(/^ok: the sidecar one at /),
    expect.stringMatching(/^problem: the sidecar two at .*ECONNREFUSED/),
  ]);
});

test('sidecars fails when a sidecar refuses the token that InterLink shows it', async () => {
  const folder = await scratchFolder({ token: 'wrong-token' });
  const { port } = await serveOnLoopback(() => ({ status: 401, body: { code: 'unauthenticated', detail: 'who?' } }));
  const config = { SidecarPort: port, Auth: { TokenFile: join(folder, 'token') } };
  expect(await runCheck(sidecars, { side: 'site', config })).toMatchObject([
    { outcome: 'problem', fix: expect.stringContaining('Auth.TokenFile') },
  ]);
});

test('sidecars takes a v1 plugin, which says nothing of itself', async () => {
  const { port } = await serveOnLoopback((path) => (path === '/status' ? { body: [] } : { status: 404, body: '' }));
  expect(inLines(await runCheck(sidecars, { side: 'site', config: { SidecarPort: port } }))).toEqual([
    expect.stringMatching(/^ok: the sidecar at \S+ answers, by protocol v1/),
  ]);
});
