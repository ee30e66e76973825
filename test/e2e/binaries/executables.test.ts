import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { binaryNames, ensureBinaries, ON_DEMAND_TIMEOUT_MS, runCommand } from '../../testbed/index.ts';

let binaries: string;
beforeAll(async () => {
  binaries = await ensureBinaries();
}, ON_DEMAND_TIMEOUT_MS);

async function emptyHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'binaries-'));
  onTestFinished(async () => await rm(home, { recursive: true, force: true }));
  return home;
}

test.each(binaryNames)('%s --version and --help need nothing of their environment', async (name) => {
  const run = async (...args: string[]) => await runCommand(join(binaries, name), args, { env: {} });
  const version = /^[\w-]+ \d+\.\d+\.\d+ \([0-9a-f]{7,}(-dirty)?, Node v\d+\.\d+\.\d+\)\n$/;
  expect(await run('--version')).toEqual({ exitCode: 0, stderr: '', stdout: expect.stringMatching(version) });
  const usage = new RegExp(`^Usage: ${name}\\b`);
  expect(await run('--help')).toEqual({ exitCode: 0, stderr: '', stdout: expect.stringMatching(usage) });
  expect(await run('--no-such-flag')).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--no-such-flag') });
});

test('they are one file of less than 200 MB', async () => {
  const files = await Promise.all(binaryNames.map(async (name) => await stat(join(binaries, name))));
  expect(new Set(files.map(({ ino }) => ino)).size).toBe(1);
  expect(files[0]?.size).toBeLessThan(200e6);
});

/** In the head of an ELF file (https://man7.org/linux/man-pages/man5/elf.5.html). */
const machines = { x64: 0x3e, arm64: 0xb7 } as const;

test.each(['x64', 'arm64'] as const)(
  'they are built for %s, whatever this machine is',
  { timeout: ON_DEMAND_TIMEOUT_MS },
  async (architecture) => {
    const file = await open(join(await ensureBinaries(architecture), 'vk'));
    onTestFinished(async () => await file.close());
    const { buffer } = await file.read(Buffer.alloc(20), 0, 20, 0);
    expect([buffer.subarray(1, 4).toString(), buffer.readUInt16LE(18)]).toEqual(['ELF', machines[architecture]]);
  },
);

test.each([
  ['interlink', /^http:\/\/127\.0\.0\.1:\d+$/],
  ['docker-sidecar', /^http:\/\/127\.0\.0\.1:\d+$/],
  ['slurm-sidecar', /^http:\/\/127\.0\.0\.1:\d+$/],
  ['mock-sidecar', /^http:\/\/127\.0\.0\.1:\d+$/],
  ['process-sidecar', /^unix:\/\/.*\/process\.sock$/],
])('%s starts without an argument or a file, and says where and for whom', async (name, address) => {
  const home = await emptyHome();
  // Any free port, where nothing but the home is wanted: others may have the usual ones here.
  const child = spawn(join(binaries, name), [], {
    cwd: home,
    env: { HOME: home, INTERLINKPORT: '0', SIDECARPORT: '0' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  for await (const line of createInterface(child.stderr)) {
    const { msg, ...fields } = JSON.parse(line) as Record<string, string>;
    if (msg !== 'listening') continue;
    const folder = 'none: only this account can enter the folder of the socket';
    const authentication = name === 'process-sidecar' ? folder : `the bearer token in ${home}/.config/interlink/token`;
    expect(fields).toMatchObject({ address: expect.stringMatching(address), authentication });
    break;
  }
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});

test('interlink demo runs a pod with nothing but the one file', async () => {
  const home = await emptyHome();
  const demo = await runCommand(join(binaries, 'interlink'), ['demo', '--sidecar', 'process'], {
    env: { HOME: home, TMPDIR: home },
    timeoutMs: 120_000,
  });
  expect(demo).toMatchObject({ exitCode: 0, stderr: '' });
  for (const line of [/Ready;/, /Succeeded {2}exit code 0/, /hello from a virtual node\n +bye/]) {
    expect(demo.stdout).toMatch(line);
  }
  expect(await readdir(home)).toEqual([]);
});

interface Component {
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly hashes: ReadonlyArray<object>;
}

test('licences and SBOM name Node and every library that is in there, and none that is not', async () => {
  const sbom = JSON.parse(await readFile(join(binaries, 'sbom.cdx.json'), 'utf8')) as { components: Component[] };
  const names = sbom.components.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['node.js', 'fastify', 'undici', 'dockerode', '@peculiar/x509']));
  expect(names.filter((name) => /^(ssh2|vitest|typescript|@grpc\/.*|@interlink\/.*)$/.test(name))).toEqual([]);
  for (const { purl, hashes } of sbom.components) {
    expect(purl).toMatch(/^pkg:npm\/(%40[\w.-]+\/)?[\w.-]+@\d/);
    expect(hashes).toEqual([{ alg: 'SHA-512', content: expect.stringMatching(/^[0-9a-f]{128}$/) }]);
  }
  const licenses = await readFile(join(binaries, 'THIRD-PARTY-LICENSES.txt'), 'utf8');
  for (const { name, version } of sbom.components) {
    expect(licenses).toMatch(new RegExp(`^${name === 'node.js' ? 'Node.js' : name} ${version}\\b`, 'm'));
  }
});
