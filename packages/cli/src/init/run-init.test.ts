import { X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createLogger,
  interLinkListenUrl,
  interLinkUrl,
  listenerTls,
  loadInterLinkConfig,
  Policy,
  sidecarUrl,
} from '@interlink/service-kit';
import { interLinkTls, interLinkToken, planNodes } from '@interlink/virtual-kubelet';
import { describe, expect, onTestFinished, test } from 'vitest';
import { backends, type GivenAnswers } from './answers.ts';
import { runInit } from './run-init.ts';

const { signal } = new AbortController();
const logger = createLogger('test', 'silent');

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'init-'));
  onTestFinished(async () => await rm(path, { recursive: true }));
  await writeFile(join(path, 'secret'), 'hunter2\n', { mode: 0o644 });
  return path;
}

const folders = (home: string) => ({ siteFolder: join(home, 'site'), clusterFolder: join(home, 'cluster') });

const typed = (name: string) => `/my/bin/${name}`;

/** Runs it with these answers, and nobody there to ask. */
async function init(home: string, given: GivenAnswers, isForced = false): Promise<string> {
  return await runInit(
    { given: { ...folders(home), ...given }, isForced, terminal: undefined, say: () => undefined, typed },
    signal,
  );
}

const edge = { type: 'edge', host: 'site.example', node: 'my-site' } as const;
const oidc = { ...edge, auth: 'oidc', issuer: 'https://issuer.example/realms/site', clientId: 'vk' } as const;
const ways: Record<string, (home: string) => GivenAnswers> = {
  local: () => ({ type: 'local' }),
  tunnel: () => ({ type: 'tunnel', node: 'my-site' }),
  'edge by token': () => ({ ...edge, auth: 'token', port: 8443 }),
  'edge by mtls': () => ({ ...edge, auth: 'mtls' }),
  'edge by oidc and a secret': (home) => ({ ...oidc, clientSecretFile: join(home, 'secret'), group: 'kubelets' }),
  'edge by oidc and a session': (home) => ({ ...oidc, refreshTokenFile: join(home, 'secret') }),
};

/** Every file below a folder, with its mode. */
async function filesOf(home: string): Promise<Map<string, { mode: number; text: string }>> {
  const names = (await readdir(home, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const paths = names
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => path !== join(home, 'secret'));
  const files = paths.map(async (path) => {
    return [path, { mode: (await stat(path)).mode & 0o777, text: await readFile(path, 'utf8') }] as const;
  });
  return new Map(await Promise.all(files));
}

const cases = Object.entries(ways).flatMap(([name, given]) => backends.map((backend) => ({ name, given, backend })));

describe('what runInit() writes loads at both sides', () => {
  test.each(cases)('$name, $backend', async ({ given, backend }) => {
    const home = await folder();
    const answers = given(home);
    await init(home, { ...answers, backend });
    const env = (side: string) => ({ HOME: home, INTERLINKCONFIGPATH: join(home, side, 'InterLinkConfig.yaml') });

    const { config: site, warnings } = await loadInterLinkConfig(env('site'));
    expect(warnings).toEqual([]);
    expect([site.SidecarService, sidecarUrl(site)]).toEqual([backend, `unix://${home}/site/run/sidecar.sock`]);
    expect(new Policy(site).isOpen).toBe(true);
    const { config: cluster, warnings: told } = await loadInterLinkConfig(env('cluster'));
    expect(told).toEqual([]);
    const nodes = await planNodes({ flags: {}, env: {}, virtualNodes: cluster.VirtualNodes });
    expect(nodes.map(({ name }) => name)).toEqual([answers.node ?? 'virtual-kubelet']);

    const listens = interLinkListenUrl(site);
    const isEdge = answers.type === 'edge';
    expect(listens).toBe(isEdge ? `https://0.0.0.0:${answers.port ?? 3000}` : `unix://${home}/site/run/interlink.sock`);
    if (answers.type !== 'tunnel') expect(interLinkUrl(cluster)).toBe(interLinkUrl(site));
    const server = await listenerTls(site, listens, logger);
    const client = await (await interLinkTls(cluster, {}, logger))?.();
    expect([server !== undefined, client !== undefined]).toEqual([isEdge, isEdge]);
    expect(client?.cert !== undefined).toBe(answers.auth === 'mtls');
    if (answers.auth === 'token') {
      expect(site['Auth.Tokens']).toEqual([{ Name: 'my-site', File: join(home, 'site', 'vk.token') }]);
      const [{ current }, shown] = [
        await interLinkToken(cluster, logger),
        (await filesOf(home)).get(join(home, 'site', 'vk.token')),
      ];
      expect(`${await current()}\n`).toBe(shown?.text);
    }
    if (answers.auth === 'oidc') {
      expect(site['Auth.OIDC']?.Issuer).toBe(answers.issuer);
      expect((await interLinkToken(cluster, logger)).source).toBe(`the issuer ${answers.issuer}`);
    }
  });
});

test.each(Object.entries(ways))(
  'runInit() keeps all of it to this account, and changes nothing the second time: %s',
  async (_name, given) => {
    const home = await folder();
    const answers: GivenAnswers = { ...given(home), backend: 'slurm' };
    const said = await init(home, answers);
    const before = await filesOf(home);
    expect(said).toContain('written    ');
    expect(said).not.toContain('hunter2');
    for (const { mode } of before.values()) expect(mode).toBe(0o600);
    for (const side of ['site', 'cluster']) {
      for (const path of [side, `${side}/run`]) expect((await stat(join(home, path))).mode & 0o777).toBe(0o700);
    }
    const again = await init(home, answers);
    expect(await filesOf(home)).toEqual(before);
    expect(again).not.toContain('written');
  },
);

test('runInit() overwrites nothing that says something else, unless it is forced', async () => {
  const home = await folder();
  const token: GivenAnswers = { ...edge, auth: 'token', backend: 'slurm' };
  await init(home, token);
  const before = await filesOf(home);
  const other = { ...token, port: 8443 };
  const path = join(home, 'site', 'InterLinkConfig.yaml');
  await expect(init(home, other)).rejects.toMatchObject({
    code: 'failed_precondition',
    message: expect.stringMatching(`^Nothing was written: ${path} is there and says something else; .*--force`),
  });
  expect(await filesOf(home)).toEqual(before);
  await init(home, other, true);
  const after = await filesOf(home);
  expect([...after.keys()]).toEqual([...before.keys()]);
  for (const [file, { text }] of after) expect(text).not.toBe(before.get(file)?.text);
});

test('runInit() makes no half of a pair, and fills in a configuration that is missing', async () => {
  const home = await folder();
  const token: GivenAnswers = { ...edge, auth: 'token', backend: 'slurm' };
  await init(home, token);
  const before = await filesOf(home);
  await rm(join(home, 'cluster', 'InterLinkConfig.yaml'));
  await init(home, token);
  expect(await filesOf(home)).toEqual(before);
  await rm(join(home, 'cluster', 'vk.token'));
  await expect(init(home, token)).rejects.toThrow(`are missing: ${join(home, 'cluster', 'vk.token')}`);
});

test('runInit() makes certificates that are good for what they are for', async () => {
  const home = await folder();
  await init(home, { ...edge, auth: 'mtls', backend: 'slurm' });
  const read = async (name: string) => new X509Certificate(await readFile(join(home, name), 'utf8'));
  const [server, client] = [await read('site/tls.crt'), await read('cluster/tls.crt')];
  expect(server.checkHost('site.example')).toBe('site.example');
  expect(server.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
  expect([client.subject, client.keyUsage]).toEqual(['CN=my-site', ['1.3.6.1.5.5.7.3.2']]);
});

test('runInit() says what is next: one command at each side', async () => {
  const home = await folder();
  const said = await init(home, { ...oidc, refreshTokenFile: join(home, 'secret'), backend: 'docker' });
  const [site, cluster] = [join(home, 'site'), join(home, 'cluster')];
  expect(said.slice(said.indexOf('\n\n') + 2)).toBe(`\
Certificates are for a year, and the site’s is for site.example. They are read again when they are replaced.
Whoever has a token of the issuer for that audience is let in: --group, or Policy.Grants, says who.

1. At the site, with ${site} at the same path:
   (export INTERLINKCONFIGPATH='${site}/InterLinkConfig.yaml'; docker-sidecar & interlink)
2. At the cluster’s end, with ${cluster} at the same path:
   INTERLINKCONFIGPATH='${cluster}/InterLinkConfig.yaml' /my/bin/vk --kubeconfig ~/.kube/config

With the same INTERLINKCONFIGPATH, at either side:
   /my/bin/interlink doctor    # what is wrong
   /my/bin/interlink status    # what there is
`);
});
