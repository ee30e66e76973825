import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { PATIENCE } from '../../../test/testbed/patience.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));

/** Runs the program as a process of its own, in an empty folder, without the variables of this one. */
async function run(args: string[], { script = main, env = {} as Record<string, string> } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'interlink-cli-'));
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
  return await new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(
      process.execPath,
      ['--conditions=interlink-source', script, ...args],
      { cwd: folder, env: { PATH: process.env.PATH ?? '', HOME: folder, ...env }, timeout: 50_000 * PATIENCE },
      (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, stdout, stderr }),
    );
  });
}

test.each(['vk', 'interlink', 'docker-sidecar', 'mock-sidecar', 'process-sidecar'])(
  '%s --help says how to use it and exits with 0',
  async (name) => {
    const { code, stdout, stderr } = await run([name, '--help']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(new RegExp(`^Usage: ${name}`));
  },
);

test.each([
  [['vk', '--nodname', 'x'], /^vk: error: unknown option '--nodname'[^\n]*(\n[^\n]*)?\n$/],
  [['vk', '--startup-timeout', 'soon'], /^vk: [^\n]*'soon' is invalid[^\n]*a duration is wanted[^\n]*\n$/],
  [['interlink', '--port', '1'], /^interlink: interlink knows no command "--port"[^\n]*the gateway[^\n]*\n$/],
  [
    ['interlink', 'conformanc'],
    /^interlink: interlink knows no command "conformanc": did you mean conformance\?[^\n]*\n$/,
  ],
  [['interlink', 'conformance'], /^interlink: The address of a sidecar is wanted[^\n]*\n$/],
  [['interlink', 'conformance', 'http://127.0.0.1:1'], /^interlink: Cannot check http:\/\/127\.0\.0\.1:1: [^\n]*\n$/],
  [['mock-sidecar', 'now'], /^mock-sidecar: mock-sidecar takes no arguments, but got "now"[^\n]*\n$/],
  [['interlink', 'doctor', '--side', 'both'], /^interlink: [^\n]*'both' is invalid[^\n]*cluster, site, auto[^\n]*\n$/],
  [['interlink', 'status', '--owner', 'a/b/c'], /^interlink: [^\n]*'a\/b\/c' is invalid[^\n]*CLUSTER\/NODE[^\n]*\n$/],
  [['interlink', 'init', '--type', 'edge'], /^interlink: --backend is missing: [^\n]*--host is missing[^\n]*\n$/],
  [['interlnk'], /^interlink-cli: unknown command "interlnk": did you mean interlink\?\n/],
])('%j exits with 2 and one clear message', async (args, message) => {
  const { code, stdout, stderr } = await run(args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(/ {4}at |node:internal/);
});

test.each([
  [['interlink', 'health'], 'interlink: Nothing answers at http://127.0.0.1:1: '],
  [['mock-sidecar', 'health'], 'mock-sidecar: Nothing answers at http://127.0.0.1:1: '],
  [['vk', 'health', '--port', '1'], 'vk: Nothing answers at https://127.0.0.1:1: '],
])('%j exits with 1 where nobody listens by the same configuration', async (args, message) => {
  const { code, stdout, stderr } = await run(args, { env: { INTERLINKPORT: '1', SIDECARPORT: '1' } });
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain(message);
});

test('a link named after a command is that command', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'interlink-link-'));
  onTestFinished(async () => await rm(folder, { recursive: true }));
  const script = join(folder, 'mock-sidecar');
  await symlink(main, script);
  const { code, stdout } = await run(['--help'], { script: main });
  expect([code, stdout.split('\n')[0]]).toEqual([0, 'Usage: interlink-cli COMMAND [arguments]']);
  const linked = await run(['--help'], { script });
  expect([linked.code, linked.stdout.split('\n')[0]]).toEqual([0, 'Usage: mock-sidecar [--version]']);
});

test.each(['interlink', 'mock-sidecar', 'vk'])(
  '%s with a bad configuration exits with 2 and one line',
  async (name) => {
    const folder = await mkdtemp(join(tmpdir(), 'interlink-config-'));
    onTestFinished(async () => await rm(folder, { recursive: true }));
    const file = join(folder, 'InterLinkConfig.yaml');
    await writeFile(file, 'InterlinkPort: many\nSidecarUrl: x\n');
    const { code, stderr } = await run([name], { env: { INTERLINKCONFIGPATH: file } });
    expect(code).toBe(2);
    expect(stderr.split('\n')).toHaveLength(2);
    expect(stderr).toContain(`InterlinkPort in ${file} is "many": a whole number is wanted`);
    expect(stderr).toContain('did you mean SidecarURL?');
  },
);

test('vk without a cluster exits with one line that says so', async () => {
  const { code, stderr } = await run(['vk', '--kubeconfig', '/nowhere/kubeconfig', '--startup-timeout', '1s']);
  expect(code).toBeGreaterThan(0);
  const [line = '', ...rest] = stderr.trimEnd().split('\n').reverse();
  expect(line).toMatch(/^vk: .*\/nowhere\/kubeconfig/);
  expect(rest.every((other) => other.startsWith('{'))).toBe(true);
});

test('interlink doctor exits with 1 and says what to do where nothing runs, in JSON too', async () => {
  const env = { INTERLINKPORT: '1', SIDECARPORT: '1', SIDECARSERVICE: 'mock' };
  const told = await run(['interlink', 'doctor', '--side', 'site'], { env });
  expect([told.code, told.stderr]).toEqual([1, 'interlink: the doctor found 2 problems\n']);
  expect(told.stdout).toMatch(/PROBLEM +sidecars .*ECONNREFUSED.*\n +why: .*\n +fix: start the sidecar/);
  const { code, stdout } = await run(['interlink', 'doctor', '--side', 'site', '-o', 'json'], { env });
  expect([code, JSON.parse(stdout)]).toMatchObject([1, { sides: ['site'], problems: 2 }]);
});

test('interlink status exits with 1 where nobody answers, and shows that, in JSON too', async () => {
  const env = { INTERLINKPORT: '1', SIDECARPORT: '1' };
  const told = await run(['interlink', 'status', '--side', 'site'], { env });
  expect([told.code, told.stderr]).toEqual([1, 'interlink: nobody answers: interlink doctor says why\n']);
  expect(told.stdout).toMatch(/\n {2}InterLink at http:\/\/127\.0\.0\.1:1: TROUBLE\n.*ECONNREFUSED/);
  const { code, stdout } = await run(['interlink', 'status', '--side', 'site', '-o', 'json'], { env });
  expect([code, JSON.parse(stdout)]).toMatchObject([1, { site: { peers: [{ name: 'InterLink' }, {}] } }]);
});

test('interlink init writes both sides, and what it writes is what the processes take', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'interlink-init-'));
  onTestFinished(async () => await rm(folder, { recursive: true }));
  const written = await run(['interlink', 'init', '--type', 'local', '--backend', 'mock'], { env: { HOME: folder } });
  expect([written.code, written.stderr]).toEqual([0, '']);
  expect(written.stdout).toContain(`vk --kubeconfig`);
  const env = { HOME: folder, INTERLINKCONFIGPATH: join(folder, 'interlink', 'InterLinkConfig.yaml') };
  const { code, stderr } = await run(['interlink', 'health'], { env });
  expect([code, stderr]).toEqual([1, expect.stringContaining(`Nothing answers at unix://${folder}/interlink/run/`)]);
});
