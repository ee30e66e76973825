import { chown, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { kubectl, ON_DEMAND_TIMEOUT_MS, waitFor } from '../../testbed/index.ts';
import { findFreePorts } from '../../testbed/process/free-ports.ts';
import { DockerClone } from '../drivers/docker-clone.ts';
import { Namespace } from '../drivers/namespace.ts';
import { NodeView } from '../drivers/node.ts';
import { pod, shell } from '../drivers/pods.ts';
import { isComplete, lacks, partsOf } from '../drivers/testbed-parts.ts';

const testbed = inject('testbed');
const cannotRun = !isComplete(testbed) || lacks(testbed, 'images');

/** The account of the images. */
const uid = 65532;
const compose = ['compose', '-f', 'docker-compose.yaml'];
const tokenFile = '/var/lib/interlink/token';

interface Container {
  readonly Id: string;
  readonly HostConfig: Readonly<Record<string, unknown>>;
}

describe.skipIf(cannotRun)('docker-compose.yaml', { timeout: ON_DEMAND_TIMEOUT_MS }, () => {
  let clone: DockerClone;
  let interlinkPort = 0;

  beforeAll(async () => {
    const [port = 0] = await findFreePorts(1);
    interlinkPort = port;
    const { docker } = partsOf(testbed);
    const address = { INTERLINK_ADDRESS: '127.0.0.1', INTERLINK_PORT: String(port) };
    const project = { COMPOSE_PROJECT_NAME: 'interlink-e2e', ...address };
    clone = await DockerClone.make(docker);
    await clone.addCompose(project);
  }, ON_DEMAND_TIMEOUT_MS);
  afterAll(async () => {
    await clone.run(...compose, '--profile', '*', 'down', '--volumes', '--rmi', 'all', '--timeout', '5');
    await clone[Symbol.asyncDispose]();
  });

  const inspect = async (service: string) =>
    await clone.inspect<Container>('container', (await clone.run(...compose, 'ps', '--quiet', service)).trim());
  const token = async () => (await clone.run(...compose, 'exec', '-T', 'interlink', 'cat', tokenFile)).trim();
  const ask = async (path: string, headers: Record<string, string> = {}) =>
    await fetch(`http://127.0.0.1:${interlinkPort}${path}`, { headers });
  const readiness = async () => await (await ask('/readyz?verbose')).text();

  /** A virtual kubelet of the built image, which the test's end removes with its node. */
  async function startVirtualKubelet(nodeName: string): Promise<void> {
    const { controlPlane } = partsOf(testbed);
    const folder = join(clone.folder, nodeName);
    await mkdir(folder);
    await copyFile(controlPlane.kubeconfig, join(folder, 'kubeconfig'));
    await writeFile(join(folder, 'token'), await token(), { mode: 0o600 });
    for (const name of ['.', 'kubeconfig', 'token']) await chown(join(folder, name), uid, uid);
    const [port = 0] = await findFreePorts(1);
    const variables = {
      ...{ KUBECONFIG: '/vk/kubeconfig', VKTOKENFILE: '/vk/token', INTERLINKPORT: String(interlinkPort) },
      ...{ POD_IP: '127.0.0.1', KUBELET_PORT: String(port) },
    };
    await clone.run(
      ...['run', '--detach', '--name', nodeName, '--read-only', '--cap-drop=ALL', '--network=host'],
      ...['--health-interval=1s', '--volume', `${folder}:/vk:ro`],
      ...Object.entries(variables).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
      ...['interlink/vk', '--nodename', nodeName],
    );
    onTestFinished(async () => {
      await clone.run('rm', '--force', '--volumes', nodeName);
      await kubectl({ controlPlane }, ['delete', 'node', nodeName, '--ignore-not-found', '--wait=false']);
    });
  }

  test('starts InterLink and the Docker sidecar, which run a pod with a ConfigMap', async () => {
    const { controlPlane } = partsOf(testbed);
    await clone.run('build', '-t', 'interlink/vk', '-f', 'Dockerfile.vk', '.');
    onTestFinished(async () => void (await clone.run('image', 'rm', '--force', 'interlink/vk')));

    await clone.run(...compose, 'up', '-d');
    const services = (await clone.run(...compose, 'ps', '--services')).trim().split('\n').sort();
    expect(services).toEqual(['docker-sidecar', 'interlink']);
    await waitFor('InterLink to see the Docker sidecar', async () => (await readiness()).includes('[+]docker ok'));

    const nodeName = 'e2e-compose';
    await startVirtualKubelet(nodeName);
    await new NodeView(nodeName, controlPlane).waitForCondition('InterLinkConnectivity', 'True');
    const namespace = await Namespace.create(nodeName, controlPlane);
    onTestFinished(async () => await namespace.delete());
    const settings = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings' },
      data: { greeting: 'hello' },
    };
    const volumes = [
      { name: 'settings', configMap: { name: 'settings' } },
      { name: 'work', emptyDir: {} },
    ];
    const volumeMounts = volumes.map(({ name }) => ({ name, mountPath: `/${name}` }));
    const script = 'cp /settings/greeting /work && stat -c %g /work && cat /work/greeting';
    const main = shell('main', script, { volumeMounts });
    const securityContext = { fsGroup: 2_000, runAsUser: 1_000 };
    await namespace.apply(settings, pod(nodeName, 'reads', { containers: [main], volumes, securityContext }));
    await namespace.waitForPhase('reads', 'Succeeded');
    expect(await namespace.run('logs', 'reads')).toBe('2000\nhello');
    await namespace.run('delete', 'pod', 'reads');
    await waitFor('the virtual kubelet to be healthy', async () => {
      const { State } = await clone.inspect<{ State: { Health: { Status: string } } }>('container', nodeName);
      return State.Health.Status === 'healthy';
    });
  });

  test('gives its processes an account, a read-only system and no more than they need', async () => {
    for (const service of ['interlink', 'docker-sidecar']) {
      const { HostConfig } = await inspect(service);
      expect(HostConfig).toMatchObject({
        ...{ ReadonlyRootfs: true, Privileged: false, CapDrop: ['ALL'] },
        SecurityOpt: ['no-new-privileges:true'],
      });
    }
    const status = async (service: string) => {
      const printed = await clone.run(...compose, 'exec', '-T', service, 'cat', '/proc/1/status');
      const fieldOf = (key: string) => new RegExp(`^${key}:\\t(\\S+)`, 'm').exec(printed)?.[1];
      return {
        uid: fieldOf('Uid'),
        gid: fieldOf('Gid'),
        capabilities: fieldOf('CapEff'),
        noNewPrivileges: fieldOf('NoNewPrivs'),
      };
    };
    const account = { uid: String(uid), gid: String(uid), noNewPrivileges: '1' };
    expect(await status('interlink')).toEqual({ ...account, capabilities: '0000000000000000' });
    // CHOWN, DAC_OVERRIDE, FOWNER, FSETID: capability.h has them as bits 0, 1, 3 and 4.
    expect(await status('docker-sidecar')).toEqual({ ...account, capabilities: '000000000000001b' });
  });

  test('makes a token at the first start, for virtual kubelets alone, and keeps it', async () => {
    const first = await token();
    expect(first).toMatch(/^[\w-]{43}$/);
    const modes = ['exec', '-T', 'interlink', 'stat', '-c', '%a %u', '/var/lib/interlink', tokenFile, '/run/interlink'];
    expect(await clone.run(...compose, ...modes)).toBe(`700 ${uid}\n600 ${uid}\n700 ${uid}\n`);
    expect((await ask('/v2/capabilities')).status).toBe(401);
    expect((await ask('/v2/capabilities', { authorization: `Bearer ${first}` })).status).toBe(200);
    expect(await clone.run(...compose, 'logs')).not.toContain(first);

    await clone.run(...compose, 'down', '--timeout', '5');
    await clone.run(...compose, 'up', '-d');
    expect(await token()).toBe(first);
  });

  test('--profile mock starts the mock sidecar as well', async () => {
    await clone.run(...compose, '--profile', 'mock', 'up', '-d');
    await waitFor('InterLink to see both sidecars', async () => {
      const seen = await readiness();
      if (seen.includes('[+]docker ok') && seen.includes('[+]mock ok')) return true;
      throw new Error(seen);
    });
  });

  test('the docker-compose of Debian, an older client, starts the same', async () => {
    await clone.run(...compose, '--profile', '*', 'down', '--volumes', '--timeout', '5');
    const older = ['docker-compose', '-f', 'docker-compose.yaml'] as const;
    await clone.runProgram(...older, 'up', '-d');
    onTestFinished(async () => void (await clone.runProgram(...older, 'down', '--volumes', '--timeout', '5')));
    await waitFor('InterLink to see the Docker sidecar', async () => (await readiness()).includes('[+]docker ok'));
    expect((await ask('/v2/capabilities')).status).toBe(401);
  });

  test('--profile slurm adds the Slurm sidecar', async () => {
    const services = await clone.run(...compose, '--profile', 'slurm', 'config', '--services');
    expect(services.trim().split('\n').sort()).toEqual(['docker-sidecar', 'interlink', 'slurm-sidecar']);
  });
});
