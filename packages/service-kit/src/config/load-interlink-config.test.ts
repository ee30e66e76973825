import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { interLinkListenUrl, sidecarUrl } from './addresses.ts';
import { loadInterLinkConfig } from './load-interlink-config.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interlink-config-'));
});
afterAll(async () => await rm(folder, { recursive: true }));

async function load(yaml: string, env: NodeJS.ProcessEnv = {}) {
  const file = join(folder, `${crypto.randomUUID()}.yaml`);
  await writeFile(file, yaml);
  return await loadInterLinkConfig({ INTERLINKCONFIGPATH: file, ...env });
}

test('loadInterLinkConfig() tells every problem at once, with place, value and what is wanted', async () => {
  const yaml = 'InterlinkPort: many\nSidecarService: podman\nSidecarUrl: http://x\nSocket: /run/x\nAuth: yes\n';
  const error = await load(yaml, { SIDECARPORT: '1.5' }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'invalid_argument' });
  const message = String(error);
  expect(message).toMatch(/InterlinkPort in \S+ is "many": a whole number is wanted/);
  expect(message).toMatch(/SidecarService in \S+ is "podman": one of docker, slurm, mock is wanted/);
  expect(message).toMatch(/Unknown key SidecarUrl in \S+: did you mean SidecarURL\?/);
  expect(message).toMatch(/Socket in \S+ is not supported by this release: write the socket into InterlinkURL/);
  expect(message).toMatch(/Auth in \S+ is "yes": a group of keys is wanted/);
  expect(message).toContain('$SIDECARPORT is "1.5": a whole number is wanted');
});

test('loadInterLinkConfig() lets the environment override the file, and the file the defaults', async () => {
  const { config } = await load('InterlinkPort: 8080\nSidecarService: slurm\n', {
    INTERLINKPORT: '9090',
    SIDECARPORT: '',
  });
  expect(config).toMatchObject({ InterlinkPort: 9090, SidecarService: 'slurm', LogLevel: 'info', ExportPodData: true });
  expect(Object.isFrozen(config)).toBe(true);
  expect(sidecarUrl(config)).toBe('http://127.0.0.1:4001');
});

test('loadInterLinkConfig() of an empty file has InterLink and every sidecar listen on loopback', async () => {
  const { config } = await load('');
  expect(interLinkListenUrl(config)).toBe('http://127.0.0.1:3000');
  const kinds = ['docker', 'slurm', 'mock'] as const;
  expect(kinds.map((SidecarService) => sidecarUrl({ ...config, SidecarService }))).toEqual([
    'http://127.0.0.1:4000',
    'http://127.0.0.1:4001',
    'http://127.0.0.1:4002',
  ]);
});

test('loadInterLinkConfig() reads keys in groups', async () => {
  const { config } = await load('Auth:\n  TokenFile: /t\n  AllowUnauthenticated: true\n');
  expect(config).toMatchObject({ 'Auth.TokenFile': '/t', 'Auth.AllowUnauthenticated': true });
});

test('loadInterLinkConfig() reads the group TLS, and refuses one that its addresses contradict', async () => {
  const { config } = await load(
    'InterlinkURL: https://x\nTLS: { Enabled: true, CertFile: /c, KeyFile: /k, CACertFile: /ca }\n',
  );
  expect(config).toMatchObject({
    'TLS.Enabled': true,
    'TLS.CertFile': '/c',
    'TLS.KeyFile': '/k',
    'TLS.CACertFile': '/ca',
  });
  await expect(load('TLS: { Enabled: true }\n')).rejects.toThrow('TLS.Enabled is true and no address is https://');
});

test('loadInterLinkConfig() is silent about keys of other processes and warns of replaced ones', async () => {
  const { warnings } = await load('SbatchPath: /usr/bin/sbatch\nKubeletHTTP: {}\nVerboseLogging: true\n');
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toContain('use LogLevel: debug');
});

test('loadInterLinkConfig() refuses a named file that is missing, and goes without a default one', async () => {
  const missing = join(folder, 'none.yaml');
  await expect(loadInterLinkConfig({ INTERLINKCONFIGPATH: missing })).rejects.toThrow(`${missing} (named by`);
  const before = process.cwd();
  onTestFinished(() => process.chdir(before));
  process.chdir(folder);
  expect(await loadInterLinkConfig({})).toMatchObject({ file: undefined, warnings: [] });
});

test('kustomizations/InterLinkConfig.yaml changes nothing for whoever starts a process beside it', async () => {
  const file = join(import.meta.dirname, '../../../../kustomizations/InterLinkConfig.yaml');
  const { config, warnings } = await loadInterLinkConfig({ INTERLINKCONFIGPATH: file });
  expect(config).toEqual((await load('')).config);
  expect(warnings).toEqual([]);
});

test('loadInterLinkConfig() reads a process’s own file before the shared one', async () => {
  const own = { variable: 'SLURMCONFIGPATH', defaultFile: join(folder, 'own.yaml') };
  await writeFile(own.defaultFile, 'BashPath: /own/bash\n');
  const other = join(folder, 'other.yaml');
  await writeFile(other, 'BashPath: /other/bash\n');
  const read = async (env: NodeJS.ProcessEnv) => (await loadInterLinkConfig(env, own)).config.BashPath;
  expect(await read({})).toBe('/own/bash');
  expect(await read({ INTERLINKCONFIGPATH: other })).toBe('/other/bash');
  expect(await read({ INTERLINKCONFIGPATH: other, SLURMCONFIGPATH: own.defaultFile })).toBe('/own/bash');
  await expect(read({ SLURMCONFIGPATH: join(folder, 'none.yaml') })).rejects.toThrow('(named by $SLURMCONFIGPATH)');
});

test('loadInterLinkConfig() takes the example of the Slurm plugin of old', async () => {
  const yaml = `SidecarPort: "4000"
Socket: ""
SbatchPath: "/usr/bin/sbatch"
CommandPrefix: ""
ExportPodData: true
DataRootFolder: ".local/interlink/jobs/"
Namespace: "vk"
Tsocks: false
TsocksPath: "$WORK/tsocks-1.8beta5+ds1/libtsocks.so"
TsocksLoginNode: "login01"
BashPath: /bin/bash
VerboseLogging: true
`;
  expect((await load(yaml)).config).toMatchObject({ SidecarPort: 4000, SbatchPath: '/usr/bin/sbatch', Tsocks: false });
});

test.each([
  ['', {}],
  ['# nothing\n', {}],
  ['SidecarURL:\n', { SidecarURL: 'http://127.0.0.1' }],
])('loadInterLinkConfig() takes %j as unset', async (yaml, expected) => {
  expect((await load(yaml)).config).toMatchObject(expected);
});

test.each(['- a\n- b\n', 'a: [\n'])('loadInterLinkConfig() refuses %j', async (yaml) => {
  await expect(load(yaml)).rejects.toMatchObject({ code: 'invalid_argument' });
});
