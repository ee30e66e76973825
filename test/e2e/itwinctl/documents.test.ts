import { describe, expect, inject, test } from 'vitest';
import { ensureOAuth2Proxy, ON_DEMAND_TIMEOUT_MS } from '../../testbed/index.ts';
import { TestIssuer } from '../../testbed/oidc/test-issuer.ts';
import { findFreePorts } from '../../testbed/process/free-ports.ts';
import { commandsBelow } from '../drivers/document-commands.ts';
import { Itwinctl, ours, stub } from '../drivers/itwinctl.ts';
import { lacks } from '../drivers/testbed-parts.ts';

const cannotRun = lacks(inject('testbed'), 'itwinctl');

/** Runs the commands below a heading of docs/authentication.md in bash, then more, where the document's names are this machine's. */
async function follow(itwinctl: Itwinctl, heading: string, issuer: string, more: string) {
  const commands = (await commandsBelow('docs/authentication.md', `## ${heading}`))
    .replaceAll('https://issuer.example', issuer)
    .replaceAll('docs/itwinctl.sh', 'itwinctl.sh');
  const env = { PATH: `${itwinctl.home}/bin:${itwinctl.env.PATH}` };
  return await itwinctl.shell(['bash', '-c', `${commands}\n${more}`], env);
}

/** Asks InterLink, which runs as a job of the shell, with and without a token; then ends it. 503: let in, and no sidecar there. */
const askAndEnd = (port: number, token: string) => `
ask() { curl -s -o /dev/null -w '%{http_code}\\n' "$@" http://127.0.0.1:${port}/v2/capabilities; }
until ask >/dev/null; do sleep 0.1; done
ask; ask -H "Authorization: Bearer ${token}"; kill %1; wait`;

describe.skipIf(cannotRun)('the commands of docs/authentication.md', { concurrent: true }, () => {
  test('a token file', async () => {
    const [port = 0, sidecar = 0] = await findFreePorts(2);
    const env = { INTERLINKPORT: String(port), SIDECARPORT: String(sidecar) };
    await using itwinctl = await Itwinctl.create({ programs: { interlink: ours('interlink') }, env });
    const { stdout } = await follow(itwinctl, 'A token file', '', askAndEnd(port, '$(cat ~/interlink/vk.token)'));
    expect(stdout).toBe('401\n503\n');
  });

  test('OpenID Connect', async ({ onTestFinished }) => {
    const clients = [{ id: 'vk', secret: 'unused', groups: ['virtual-kubelets'] }];
    const issuer = await TestIssuer.start({ clients, ttlSeconds: 3_600 });
    onTestFinished(async () => await issuer.stop());
    const [port = 0, sidecar = 0] = await findFreePorts(2);
    const env = { INTERLINKPORT: String(port), SIDECARPORT: String(sidecar) };
    await using itwinctl = await Itwinctl.create({ programs: { interlink: ours('interlink') }, env });
    const { stdout } = await follow(itwinctl, 'OpenID Connect', issuer.url, askAndEnd(port, await issuer.token('vk')));
    expect(stdout).toBe('401\n503\n');
  });

  test(
    'OAuth2 proxy',
    async ({ onTestFinished }) => {
      const { signal } = new AbortController();
      const proxy = await ensureOAuth2Proxy({ onProgress: (line) => void process.stderr.write(`${line}\n`), signal });
      const issuer = await TestIssuer.start();
      onTestFinished(async () => await issuer.stop());
      const [port = 0] = await findFreePorts(1);
      const env = { ITWIN_BIN: '', ITWIN_PORT: String(port) };
      await using itwinctl = await Itwinctl.create({ programs: { interlink: stub, 'slurm-sidecar': stub }, env });
      await itwinctl.write('bin/oauth2-proxy', proxy);
      const { stdout } = await follow(itwinctl, 'OAuth2 proxy', issuer.url, 'true');
      expect(stdout).toContain('oauth2-proxy is installed: oauth2-proxy v7.8.1');
      expect(stdout.match(/^(slurm-sidecar|interlink|oauth2-proxy) +runs since/gm)).toHaveLength(3);
    },
    ON_DEMAND_TIMEOUT_MS,
  );
});
