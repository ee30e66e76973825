import { spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { ensureBinaries, ON_DEMAND_TIMEOUT_MS, runCommandOrThrow, waitFor } from '../../testbed/index.ts';
import { findFreePorts } from '../../testbed/process/free-ports.ts';
import { commandsBelow } from '../drivers/document-commands.ts';
import { cannotRun } from '../drivers/site-test.ts';
import { partsOf } from '../drivers/testbed-parts.ts';

const root = join(import.meta.dirname, '../../..');

describe.skipIf(cannotRun)('README.md, from git clone to a pod', { timeout: ON_DEMAND_TIMEOUT_MS }, () => {
  test('ends in a pod that has run through the executables, in at most five commands', async () => {
    const { controlPlane, docker } = partsOf(inject('testbed'));
    const commands = await commandsBelow('README.md', '## From git clone to a pod');
    const [build, ...rest] = commands.trim().split('\n');
    // `git clone` is the fifth.
    expect([build, rest.length]).toEqual(['make all', 3]);

    const clone = await mkdtemp(join(tmpdir(), 'interlink-clone-'));
    await mkdir(join(clone, '.kube'));
    await copyFile(controlPlane.kubeconfig, join(clone, '.kube', 'config'));
    await symlink(await ensureBinaries(), join(clone, 'bin'));
    await symlink(join(root, 'examples'), join(clone, 'examples'));
    const [interlink = 0, sidecar = 0] = await findFreePorts(2);
    // As a user's shell runs them, but for ports that nobody else on this machine has.
    const shell = spawn('bash', ['-c', `${rest.join('\n')}\nwait`], {
      cwd: clone,
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...{ HOME: clone, PATH: `${dirname(controlPlane.kubectl)}:${process.env.PATH}`, DOCKER_HOST: docker.host },
        ...{ POD_IP: '127.0.0.1', LOGLEVEL: 'error', KUBELET_PORT: '0' },
        ...{ INTERLINKPORT: String(interlink), SIDECARPORT: String(sidecar) },
      },
    });
    const kubectl = async (...args: string[]) =>
      await runCommandOrThrow(controlPlane.kubectl, ['--kubeconfig', controlPlane.kubeconfig, ...args]);
    onTestFinished(async () => {
      await kubectl('delete', 'pod', 'busyecho', '--ignore-not-found', '--timeout=60s');
      await kubectl('delete', 'node', 'my-node', '--ignore-not-found');
      // The whole group: the shell and what it has put into the background.
      if (shell.pid !== undefined) process.kill(-shell.pid, 'SIGTERM');
      await waitFor('the processes to end', () => shell.exitCode !== null || shell.signalCode !== null);
      await rm(clone, { recursive: true, force: true });
    });
    await waitFor(
      'the pod to end',
      async () => await kubectl('wait', '--for=jsonpath={.status.phase}=Succeeded', 'pod/busyecho', '--timeout=1s'),
      { timeoutMs: 120_000 },
    );
    expect(await kubectl('logs', 'busyecho')).toBe('hello from a virtual node\nbye\n');
  });
});
