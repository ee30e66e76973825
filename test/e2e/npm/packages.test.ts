import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { HttpTarget, PodClient } from '@interlink/protocol';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { runCommand, runCommandOrThrow, waitFor } from '../../testbed/index.ts';
import { PATIENCE } from '../../testbed/patience.ts';
import { findFreePorts } from '../../testbed/process/free-ports.ts';
import { commandsBelow } from '../drivers/document-commands.ts';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const root = join(import.meta.dirname, '../../..');
const programs = join(root, 'node_modules/.bin');
const readManifest = (folder: string) =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest;
const packages = readdirSync(join(root, 'packages')).map((name) => readManifest(join('packages', name)));
const { devDependencies: pinned = {} } = readManifest('.');

/** What `make npm` makes of a package. */
const packed = ({ name, version }: Manifest) => join(root, 'npm', `${name.slice(1).replace('/', '-')}-${version}.tgz`);

describe('what is packed for npm', { timeout: 300_000 * PATIENCE }, () => {
  let project: string;
  const env = { ...process.env, PATH: `${programs}${delimiter}${process.env.PATH}` };
  const run = async (...commands: string[]) =>
    await runCommandOrThrow('bash', ['-euo', 'pipefail', '-c', commands.join('\n')], { cwd: project, env });

  beforeAll(async () => {
    // What is installed is not looked at: a test must not install anew what it runs on.
    await runCommandOrThrow('make', ['-o', 'node_modules/.installed', 'npm'], { cwd: root, env });
    project = await mkdtemp(join(tmpdir(), 'interlink-npm-'));
  }, 300_000 * PATIENCE);
  afterAll(async () => await rm(project, { recursive: true, force: true }));

  test.each(packages)('$name has what it names, and nothing that is only for its tests', async (manifest) => {
    const files = await runCommandOrThrow('tar', ['-tzf', packed(manifest)]);
    expect(files).toContain('package/LICENSE\n');
    expect(files).not.toMatch(/\.test\.|testdata|tsbuildinfo/);
    const publint = await runCommand('publint', ['run', packed(manifest), '--strict'], { env });
    expect(publint).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('All good!') });
  });

  test('the types of one with a subpath are found whoever looks', async () => {
    // It takes seconds, and all manifests are alike.
    const conformance = packages.filter(({ name }) => name === '@interlink/conformance').map(packed);
    const attw = await runCommand('attw', [...conformance, '--profile', 'esm-only'], { env });
    expect(attw).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('@interlink/conformance/vitest') });
  });

  test('the commands of the sidecar SDK’s README make a sidecar in an empty folder', async () => {
    await cp(join(root, 'examples/sidecar-memory/sidecar.ts'), join(project, 'sidecar.ts'));
    const commands = await commandsBelow('packages/sidecar-sdk/README.md', '## A whole sidecar');
    const [start, ...others] = commands.trim().split('\n').reverse();
    expect(start).toBe('node sidecar.ts');
    await run(...others.reverse().map(fromHere));
    const port = await startServer('node', ['sidecar.ts']);
    const tokenFile = join(project, '.config/interlink/token');
    const target = new HttpTarget({
      url: `http://127.0.0.1:${port}`,
      token: async () => (await readFile(tokenFile, 'utf8')).trim(),
    });
    onTestFinished(async () => await target.close());
    const client = new PodClient(target, { cluster: 'test', node: 'npm' });
    const { backend } = await waitFor('the sidecar to answer', async () => await client.capabilities());
    expect(backend.kind).toBe('memory');
  });

  test('all of them together have whole types, however they are resolved', async () => {
    await run(fromHere(`npm install ${packages.map(({ name }) => name).join(' ')}`));
    // Types of the Kubernetes API are 76 MB, which only who writes a provider installs.
    await symlink(join(root, 'node_modules/@kubernetes'), join(project, 'node_modules/@kubernetes'));
    const specifiers = packages.flatMap(({ name, exports = {} }) =>
      Object.keys(exports).map((key) => name + key.slice(1)),
    );
    const lines = specifiers.map((specifier, index) => `export * as p${index} from '${specifier}';`);
    await writeFile(join(project, 'all.ts'), lines.join('\n'));
    const tsc = 'npx tsc --noEmit --strict --skipLibCheck false --target es2025 --types node all.ts';
    await run(`${tsc} --module nodenext`, `${tsc} --module esnext --moduleResolution bundler`);
  });

  test('the program that is installed shows a pod run', async () => {
    const shown = await run('npx interlink-cli interlink demo </dev/null | cat');
    expect(shown).toMatch(/Succeeded {2}exit code 0[\s\S]*hello from a virtual node\n +bye/);
  });

  /** `npm install` of what is published, from here where it is ours, and else the version that is pinned here. */
  function fromHere(command: string): string {
    if (!command.startsWith('npm install ')) return command;
    const words = command.split(' ').flatMap((word) => {
      // All that it needs of ours comes along, which npm would find by itself.
      if (word === '@interlink/sidecar-sdk')
        return packages.filter(({ name }) => /\/(protocol|service-kit|sidecar-sdk)$/.test(name)).map(packed);
      const ours = packages.find(({ name }) => name === word);
      if (ours !== undefined) return packed(ours);
      return pinned[word] === undefined ? word : `${word}@${pinned[word]}`;
    });
    // npm asks the registry for ours, too, which it has not. Where it can't be asked at all, npm would go on for five minutes.
    const patience = '--fetch-timeout=30000 --fetch-retry-mintimeout=500 --fetch-retry-maxtimeout=2000';
    return `${words.join(' ')} --prefer-offline ${patience} --ignore-scripts --no-audit --no-fund`;
  }

  /** In the project, until the test ends. @returns the port that it is told to listen on */
  async function startServer(file: string, args: ReadonlyArray<string>): Promise<number> {
    const [port = 0] = await findFreePorts(1);
    const child = spawn(file, args, {
      cwd: project,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { PATH: env.PATH, HOME: project, SIDECARPORT: String(port), LOGLEVEL: 'error' },
    });
    onTestFinished(async () => {
      const ended = once(child, 'exit');
      if (child.kill()) await ended;
    });
    return port;
  }
});
