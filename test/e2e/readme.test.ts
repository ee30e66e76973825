import { spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, inject, onTestFinished, test } from 'vitest';
import { runCommandOrThrow, waitFor } from '../testbed/index.ts';
import { findFreePorts } from '../testbed/process/free-ports.ts';

const root = join(import.meta.dirname, '../..');
const testbed = inject('testbed');

/** The README's commands, by the one that they begin with. */
async function commandsBeginningWith(first: string): Promise<string> {
  const readme = await readFile(join(root, 'README.md'), 'utf8');
  const blocks = [...readme.matchAll(/```bash\n([\s\S]*?)```/g)].map(([, block = '']) => block);
  const found = blocks.find((block) => block.startsWith(first));
  if (found === undefined) throw new Error(`README.md has no commands that begin with ${first}`);
  return found;
}

describe.skipIf(testbed.controlPlane === undefined || testbed.docker === undefined)('the commands of README.md', () => {
  test('start a virtual node by hand', async () => {
    const { controlPlane, docker } = testbed;
    if (controlPlane === undefined || docker === undefined) throw new Error('unreachable');
    const home = await mkdtemp(join(tmpdir(), 'interlink-readme-'));
    await mkdir(join(home, '.kube'));
    await copyFile(controlPlane.kubeconfig, join(home, '.kube', 'config'));
    const [interlink = 0, sidecar = 0] = await findFreePorts(2);
    // As a user's shell runs them, but for ports that nobody else on this machine has.
    const script = `shopt -s expand_aliases\n${await commandsBeginningWith('make install')}`;
    const shell = spawn('bash', ['-c', script], {
      cwd: root,
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        PATH: process.env.PATH,
        HOME: home,
        DOCKER_HOST: docker.host,
        POD_IP: '127.0.0.1',
        LOGLEVEL: 'error',
        KUBELET_PORT: '0',
        INTERLINKPORT: String(interlink),
        SIDECARPORT: String(sidecar),
      },
    });
    onTestFinished(async () => {
      // The whole group: the shell and what it has put into the background.
      if (shell.pid !== undefined) process.kill(-shell.pid, 'SIGTERM');
      await waitFor('the processes to end', () => shell.exitCode !== null || shell.signalCode !== null);
      await rm(home, { recursive: true, force: true });
    });
    const kubectl = async (...args: string[]) =>
      await runCommandOrThrow(controlPlane.kubectl, ['--kubeconfig', controlPlane.kubeconfig, ...args]);
    await waitFor(
      'node my-node to be Ready',
      async () => await kubectl('wait', '--for=condition=Ready', 'node/my-node', '--timeout=1s'),
      { timeoutMs: 60_000 },
    );
    // The node may be up before its sidecar is.
    await waitFor(
      'the node to show that Docker is behind it',
      async () => {
        const path = 'jsonpath={.status.nodeInfo.containerRuntimeVersion}';
        return (await kubectl('get', 'node', 'my-node', '-o', path)).startsWith('docker://');
      },
      { timeoutMs: 30_000 },
    );
    await kubectl('delete', 'node', 'my-node');
  });
});
