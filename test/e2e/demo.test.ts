import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { KubeClient, loadClusterAccess, pods } from '@interlink/kube';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { kubectl, runCommandOrThrow } from '../testbed/index.ts';
import { PATIENCE } from '../testbed/patience.ts';
import { findProgram } from '../testbed/process/find-program.ts';

const root = join(import.meta.dirname, '../..');
const testbed = inject('testbed');

/** A folder of its own for temporary files, and a PATH of which only these programs are. */
async function bareMachine(...programs: string[]): Promise<{ env: Record<string, string>; temporary: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'bare-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const [bin, temporary] = [join(directory, 'bin'), join(directory, 'tmp')];
  await Promise.all([bin, temporary].map((each) => mkdir(each)));
  for (const name of programs) {
    const found = await findProgram(name);
    if (found === undefined) throw new Error(`${name} is missing on this machine`);
    await symlink(found, join(bin, name));
  }
  return { env: { PATH: bin, HOME: directory, TMPDIR: temporary }, temporary };
}

// What is installed is not looked at: a test must not install anew what it runs on.
const make = ['-o', 'node_modules/.installed', 'demo'];
const programs = ['node', 'npm', 'make', 'bash', 'sh', 'env'];
const whatItShows = [
  /Cluster .*in memory/,
  /Ready;/,
  /Running/,
  /Succeeded {2}exit code 0/,
  /hello from a virtual node\n +bye/,
];

test('make demo needs Node, npm and make, and nothing else', async () => {
  const { env, temporary } = await bareMachine(...programs);
  const demo = spawn(join(env.PATH ?? '', 'make'), make, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [shown, [exitCode]] = await Promise.all([text(demo.stdout), once(demo, 'exit')]);
  for (const line of whatItShows) expect(shown).toMatch(line);
  expect([exitCode, await readdir(temporary)]).toEqual([0, []]);
});

/** The demo in a terminal, with a pod of one's own that runs, and how to find out what is left of all that. */
async function demoInTerminal() {
  const { env, temporary } = await bareMachine(...programs);
  // util-linux' script gives it a terminal, and what is written to script is typed there.
  const terminal = (await findProgram('script')) ?? 'script';
  const demo = spawn(terminal, ['-qfec', `make ${make.join(' ')}`, '/dev/null'], { cwd: root, env });
  let shown = '';
  demo.stdout.on('data', (chunk) => (shown += chunk));
  await expect.poll(() => shown, { timeout: 60_000 * PATIENCE }).toContain('Ctrl-C ends it');
  const [, kubeconfig = ''] = /export KUBECONFIG='([^']+)'/.exec(shown) ?? [];
  expect(kubeconfig).toContain(temporary);
  const client = new KubeClient(await loadClusterAccess({ kubeconfig, env: {} }));
  onTestFinished(() => client.close());
  const seconds = `36${process.pid}`;
  const spec = {
    tolerations: [{ key: 'virtual-node.interlink/no-schedule', operator: 'Exists' }],
    containers: [{ name: 'main', image: 'busybox', command: ['sleep', seconds] }],
  };
  await client.create(
    pods,
    { namespace: 'default' },
    { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'own' }, spec },
  );
  const rows = async () => (await runCommandOrThrow('ps', ['-eo', 'pid,ppid,args'])).split('\n');
  const pod = async () => (await rows()).filter((row) => row.endsWith(` sleep ${seconds}`));
  await expect.poll(pod, { timeout: 20_000 * PATIENCE }).toHaveLength(1);
  /** The process that keeps the site; its parent is the demo itself. */
  const keeper = async () =>
    (await rows()).filter((row) => row.includes('demo-site') && row.includes(temporary)).map((row) => row.trim());
  const left = async () => [...(await readdir(temporary)), ...(await keeper()), ...(await pod())];
  return { demo, env, keeper, left, shown: () => shown };
}

const ends = [
  ['Ctrl-C', async ({ demo }: DemoInTerminal) => void demo.stdin.write('\u0003')],
  ['the end of its terminal', async ({ demo }: DemoInTerminal) => void demo.kill('SIGKILL')],
  [
    'its own death by KILL',
    async ({ keeper }: DemoInTerminal) => {
      const [row = ''] = await keeper();
      const [, parent] = row.split(/ +/);
      process.kill(Number(parent), 'SIGKILL');
    },
  ],
] as const;
type DemoInTerminal = Awaited<ReturnType<typeof demoInTerminal>>;

test.each(ends)('in a terminal it stays, and %s leaves nothing', async (_, end) => {
  const started = await demoInTerminal();
  const closed = once(started.demo, 'exit');
  await end(started);
  await closed;
  await expect.poll(started.left, { timeout: 60_000 * PATIENCE }).toEqual([]);
});

test('in a terminal it says what to type for status and doctor, which find the site well, and hears Ctrl-C at once', async () => {
  const { demo, env, shown, left } = await demoInTerminal();
  const exports = [...shown().matchAll(/export \w+='[^']+'/g)].map(String).join('; ');
  const typed = (word: string) => new RegExp(`^ +(\\S.* interlink ${word})\\b`, 'm').exec(shown())?.[1] ?? '';
  const run = (word: string) => runCommandOrThrow('bash', ['-c', `${exports}; ${typed(word)}`], { env });
  expect(await run('status')).toMatch(/interlink-demo +Ready [\s\S]*the sidecar at unix:\S+: answers/);
  expect(await run('doctor')).toMatch(/, 0 problems, /);
  const closed = once(demo, 'exit');
  demo.stdin.write('\u0003');
  await closed;
  expect(shown()).toMatch(/\nEnding: pods and processes are stopped/);
  await expect.poll(left, { timeout: 60_000 * PATIENCE }).toEqual([]);
});

describe.skipIf(testbed.controlPlane === undefined || testbed.docker === undefined)(
  'on a cluster that there is',
  () => {
    test('it shows the same, with Docker, and takes its node and its pod away', async () => {
      const { env: bare, temporary } = await bareMachine('node', 'env');
      const env = { ...bare, DOCKER_HOST: testbed.docker?.host };
      const flags = ['--cluster', 'existing', '--kubeconfig', testbed.controlPlane?.kubeconfig ?? ''];
      const main = join(root, 'packages/cli/src/main.ts');
      const command = ['--conditions=interlink-source', main, 'interlink', 'demo', ...flags];
      const demo = spawn(process.execPath, command, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
      const [shown, [exitCode]] = await Promise.all([text(demo.stdout), once(demo, 'exit')]);
      for (const line of [...whatItShows.slice(1), /docker: the engine .* has busybox/]) expect(shown).toMatch(line);
      expect([exitCode, await readdir(temporary)]).toEqual([0, []]);
      const { stdout } = await kubectl(testbed, ['get', 'pods,nodes', '-n', 'default', '-o', 'name']);
      expect(stdout).not.toMatch(/busyecho|interlink-demo/);
    });
  },
);
