import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { ensureBinaries, ON_DEMAND_TIMEOUT_MS, waitFor } from '../../testbed/index.ts';
import { findProgram } from '../../testbed/process/find-program.ts';
import type { SidecarKind } from '../../testbed/site/site.ts';
import { EngineView } from '../drivers/engine.ts';
import { startKubectl } from '../drivers/kubectl-stream.ts';
import { Namespace } from '../drivers/namespace.ts';
import { pod, shell, untilTerm } from '../drivers/pods.ts';
import { cannotRun, startSite } from '../drivers/site-test.ts';
import { partsOf } from '../drivers/testbed-parts.ts';

let binaries: string;
beforeAll(async () => {
  if (!cannotRun) binaries = await ensureBinaries();
}, ON_DEMAND_TIMEOUT_MS);

/** A PATH with only these programs, and the one that the testbed starts processes by. */
async function pathOf(...programs: string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'binaries-path-'));
  onTestFinished(async () => await rm(folder, { recursive: true }));
  for (const name of ['setpriv', ...programs]) await symlink((await findProgram(name)) ?? '', join(folder, name));
  return folder;
}

/**
 * Virtual kubelet, InterLink and this sidecar from executables, with only these programs beside them, and a namespace for pods; all
 * goes at the test's end.
 */
async function start(sidecar: SidecarKind, ...programs: string[]) {
  const { controlPlane, docker } = partsOf(inject('testbed'));
  const nodeName = `e2e-binaries-${sidecar}`;
  const { end } = await startSite(nodeName, new EngineView(docker), {
    ...{ sidecar, binaries, env: { PATH: await pathOf(...programs) } },
  });
  onTestFinished(end);
  const namespace = await Namespace.create(nodeName, controlPlane);
  onTestFinished(async () => await namespace.delete());
  return { controlPlane, namespace, nodeName };
}

/** By the port that kubectl has opened on this machine. */
async function fetchFrom(port: string | undefined): Promise<string> {
  return await new Promise<string>((resolve, reject) => {
    get({ host: '127.0.0.1', port, agent: false }, (answer) => resolve(text(answer))).once('error', reject);
  });
}

describe.skipIf(cannotRun)('a pod through the executables', () => {
  test('of the mock sidecar', async () => {
    const { namespace, nodeName } = await start('mock');
    await namespace.apply(pod(nodeName, 'nothing', { containers: [shell('main', untilTerm)] }));
    await namespace.waitForPhase('nothing', 'Running');
    await namespace.run('delete', 'pod', 'nothing');
  });

  test('of the process sidecar: its log, commands in it, its end', async () => {
    const { namespace, nodeName } = await start('process');
    await namespace.apply(pod(nodeName, 'talks', { containers: [shell('main', `echo hello; ${untilTerm}`)] }));
    await namespace.waitForPhase('talks', 'Running');
    await waitFor('its first line', async () => (await namespace.run('logs', 'talks')) === 'hello\n');
    expect(await namespace.try('exec', 'talks', '--', 'sh', '-c', 'echo out; exit 7')).toMatchObject({
      stdout: 'out\n',
      exitCode: 7,
    });
    await namespace.run('delete', 'pod', 'talks');
  });

  test('of the Docker sidecar: its log, commands and ports in it', async () => {
    const { namespace, nodeName, controlPlane } = await start('docker', 'nsenter');
    const serves = shell('main', 'echo hello; mkdir /www; echo there > /www/index.html; exec httpd -f -p 8080 -h /www');
    await namespace.apply(pod(nodeName, 'web', { containers: [serves] }));
    await namespace.waitForPhase('web', 'Running');
    await namespace.waitForServer('web', 8080);
    expect(await namespace.run('logs', 'web')).toBe('hello\n');
    expect(await namespace.run('exec', 'web', '--', 'cat', '/www/index.html')).toBe('there\n');
    const forwarding = startKubectl(controlPlane, namespace, 'port-forward', 'pod/web', ':8080');
    await forwarding.waitFor('Forwarding from 127.0.0.1:');
    expect(await fetchFrom(/127\.0\.0\.1:(\d+)/.exec(forwarding.printed())?.[1])).toBe('there\n');
    forwarding.interrupt();
    await forwarding.end();
  });
});
