import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import {
  binaryNames,
  ensureCompose,
  ensureOAuth2Proxy,
  importBaseImage,
  ON_DEMAND_TIMEOUT_MS,
  type Registry,
  startRegistry,
  waitFor,
} from '../../testbed/index.ts';
import { TestIssuer } from '../../testbed/oidc/test-issuer.ts';
import { findFreePorts } from '../../testbed/process/free-ports.ts';
import { NodeView } from '../drivers/node.ts';
import { isComplete, lacks, partsOf } from '../drivers/testbed-parts.ts';
import { DeployedPod } from './deployed-pod.ts';
import { namesBelow, SeedWalk } from './seed-walk.ts';

const testbed = inject('testbed');
const cannotRun = !isComplete(testbed) || lacks(testbed, 'images') || lacks(testbed, 'itwinctl');
const options = {
  signal: new AbortController().signal,
  onProgress: (line: string) => void process.stderr.write(`${line}\n`),
};

let walk: SeedWalk;
let registry: Registry;
/** Images' names with it are the reader's own. */
let hub: string;

beforeAll(async () => {
  if (cannotRun) return;
  const parts = partsOf(testbed);
  await importBaseImage(parts.docker.socket, options);
  walk = await SeedWalk.begin(parts, await ensureCompose(options));
  registry = await startRegistry({ directory: join(walk.home, 'registry'), hasPassword: false, ...options });
  hub = registry.address;
}, ON_DEMAND_TIMEOUT_MS);

afterAll(async () => {
  if (walk === undefined) return;
  await walk.shell('docker compose -f docker-compose.yaml down --volumes --rmi all');
  await walk.shell(`docker rmi --force interlink/vk ${hub}/vk`);
  await removeFromCluster();
  walk.end();
  await registry.stop();
});

async function removeFromCluster(): Promise<void> {
  await walk.shell('kubectl delete -n vk -k ./kustomizations --ignore-not-found');
  await walk.shell('kubectl delete ns/vk node/vk-knoc --ignore-not-found --timeout=60s');
}

/** Changes a file of the copy, as its reader does with an editor. */
async function edit(path: string, before: string | RegExp, after: string): Promise<void> {
  const file = join(walk.folder, path);
  const text = await readFile(file, 'utf8');
  expect(text).toMatch(before);
  await writeFile(file, text.replace(before, after));
}

/** The seed's pod, to its end. */
async function runBusyecho(): Promise<void> {
  await walk.run(['Quick Start', 2]);
  await walk.shell('kubectl -n vk wait --for=jsonpath={.status.phase}=Succeeded pod/busyecho --timeout=90s');
  expect(await walk.shell('kubectl -n vk logs busyecho')).toBe('hello from a virtual node\nbye\n');
  await walk.shell('kubectl -n vk delete pod busyecho');
}

describe.skipIf(cannotRun)('the seed readme', { timeout: ON_DEMAND_TIMEOUT_MS }, () => {
  // This and the next one before the quick start, which takes its image from a public registry that nobody has here.
  test('Binaries', async () => {
    for (const index of [1, 0]) {
      await walk.run(['Binaries', index]);
      for (const name of binaryNames) expect(await walk.shell(`bin/${name} --version`)).toMatch(`${name} 0.`);
      if (index > 0) await walk.shell('rm bin/*');
    }
  });

  test('Docker images', async () => {
    await walk.run(['Docker images', 0], { '*your docker hub username*': hub });
    const tags = await fetch(`http://${hub}/v2/vk/tags/list`);
    expect(await tags.json()).toEqual({ name: 'vk', tags: ['latest'] });
    const run = walk.start(walk.commandsOf(['Docker images', 1], { '*image_tag*': `${hub}/vk:latest` }));
    onTestFinished(async () => void (await walk.shell(`docker rm -f $(docker ps -aq --filter ancestor=${hub}/vk)`)));
    await run.waitFor('Cannot find the Kubernetes API');
    await run.end();
    await walk.shell(`docker tag ${hub}/vk:latest interlink/vk:latest`);
  });

  test('Quick Start', async () => {
    expect(await walk.run(['Quick Start', 0])).toMatch(/^kind: Deployment$/m);
    const deployed = await DeployedPod.start(partsOf(testbed), 'vk', 'vk');
    onTestFinished(async () => await deployed.end());
    await walk.run(['Quick Start', 1]);
    const services = await walk.shell('docker compose -f docker-compose.yaml ps --services --status running');
    expect(services.trim().split('\n').toSorted()).toEqual(['docker-sidecar', 'interlink']);

    // The one command that the seed does not have: the node says it.
    const node = new NodeView('vk-knoc', partsOf(testbed).controlPlane);
    const { message = '' } = await node.waitForCondition('InterLinkConnectivity', 'False');
    const [command = ''] = /kubectl create secret .*/.exec(message) ?? [];
    const token = 'docker compose -f docker-compose.yaml exec -T interlink cat /var/lib/interlink/token';
    await waitFor('InterLink to have made a token', async () => await walk.shell(`(umask 077; ${token} > token)`));
    await walk.shell(command.replace('FILE', 'token'));
    await deployed.volumes.write();
    await node.waitForCondition('InterLinkConnectivity', 'True');
    await runBusyecho();
  });

  test('Kubernetes deployment, Docker Compose, Kustomizing your Virtual Kubelet', async () => {
    await removeFromCluster();
    // "After pushing the image, edit the deployment.yaml file, located inside the kustomization sub-folder"
    await edit('kustomizations/deployment.yaml', /image: .*/, `image: ${hub}/vk:latest`);
    expect(await walk.run(['Kubernetes deployment (VK)', 0])).toContain(`image: ${hub}/vk:latest`);
    await walk.run(['Kubernetes deployment (VK)', 1]);

    await walk.shell('docker compose -f docker-compose.yaml down');
    await walk.run(['Docker Compose (InterLink and Sidecars)', 0]);
    const services = await walk.shell('docker compose -f docker-compose.yaml ps --services --status running');
    expect(services.trim().split('\n').toSorted()).toEqual(['docker-sidecar', 'interlink']);

    // "Here you can specify how many resources to allocate for the VK"
    await edit('kustomizations/knoc-cfg.json', '"cpu": "8"', '"cpu": "24"');
    await walk.run(['Kustomizing your Virtual Kubelet', 0]);
    const deployed = await DeployedPod.start(partsOf(testbed), 'vk', 'vk');
    onTestFinished(async () => {
      await deployed.end();
      // The next one's pod is not for it.
      await walk.shell('kubectl delete node vk-knoc');
    });
    const { status } = await new NodeView('vk-knoc', partsOf(testbed).controlPlane).waitUntilThere();
    expect(status?.capacity).toMatchObject({ cpu: '24', memory: '16Gi', pods: '110' });
  });

  test('Usage: InterLink and a sidecar want no argument, and vk takes those of the readme', async () => {
    // "the name specified here for the VK must match the name given in the others config files"
    await edit('kustomizations/knoc-cfg.json', '"vk-knoc"', '"vk-knoc-debug"');
    expect(await walk.run(['Virtual Kubelet', 0])).toContain('--startup-timeout');
    // The kubeconfig has its place in a home that nobody has here, and that only this one process sees.
    const place = 'mount -t tmpfs tmpfs /home && mkdir -p /home/surax/.k3d && cp "$1" "$2" && shift 2 && exec "$@"';
    const files = [join(walk.home, '.kube/config'), '/home/surax/.k3d/kubeconfig-mycluster.yaml'];
    const atHome = ['unshare', '--mount', 'sh', '-c', place, 'sh', ...files];
    const node = new NodeView('vk-knoc-debug', partsOf(testbed).controlPlane);
    await using running = new AsyncDisposableStack();
    const start = (...command: Parameters<SeedWalk['start']>) =>
      running.adopt(walk.start(...command), async (each) => await each.end());
    await start('docker-sidecar').waitFor('"msg":"listening"');
    await start('interlink').waitFor('"msg":"listening"');
    running.defer(async () => await node.delete());
    const vk = start(walk.commandsOf(['Virtual Kubelet', 1]), {}, atHome);
    await vk.waitFor('"msg":"backend within reach"');
    await node.waitForCondition('InterLinkConnectivity', 'True');
    expect((await node.get()).status?.capacity).toMatchObject({ cpu: '24', pods: '110' });
    await runBusyecho();
  });

  test('Authentication', async () => {
    const proxy = await ensureOAuth2Proxy(options);
    const issuer = await TestIssuer.start();
    onTestFinished(async () => await issuer.stop());
    const [port] = await findFreePorts(1);
    const env = {
      ...{ ITWIN_ISSUER: issuer.url, ITWIN_AUDIENCE: 'interlink', ITWIN_GROUPS: 'virtual-kubelets' },
      ...{ ITWIN_PORT: `${port}`, PATH: `${dirname(proxy)}:${walk.env.PATH}` },
    };
    const itwinctl = async (commands: string) => await walk.shell(commands, 'docs', env);
    onTestFinished(async () => void (await itwinctl('source itwinctl.sh stop')));
    expect(await itwinctl(walk.commandsOf(['Authentication', 0]))).toContain('oauth2-proxy is installed');
    await itwinctl(walk.commandsOf(['Authentication', 1]));
    const status = await itwinctl('source itwinctl.sh status || true');
    expect(status.match(/^(slurm-sidecar|interlink|oauth2-proxy) +runs since/gm)).toHaveLength(3);
    // "otherwise any connection between VK and InterLink will be refused with a 403 Fobidden reply"
    expect((await fetch(`http://127.0.0.1:${port}/v2/capabilities`)).status).toBe(403);
  });

  test('InterLink Config file, Environment Variables list', async () => {
    const [byFile, byVariable] = await findFreePorts(2);
    const token = join(walk.home, 'vk.token');
    await writeFile(token, 'a-token-of-the-walk\n', { mode: 0o600 });
    const file = join(walk.home, 'InterLinkConfig.yaml');
    const keys = {
      ...{ InterlinkURL: 'http://127.0.0.1', SidecarURL: 'http://127.0.0.1', InterlinkPort: byFile },
      ...{ SidecarService: 'slurm', SbatchPath: '/bin/sbatch', ScancelPath: '/bin/scancel', VKTokenFile: token },
      ...{ CommandPrefix: 'module load apptainer', ExportPodData: true, DataRootFolder: join(walk.home, 'slurm') },
      ...{
        ServiceAccount: 'vk',
        Namespace: 'vk',
        Tsocks: true,
        TsocksPath: '/usr/lib/libtsocks.so',
        TsocksLoginNode: 'l',
      },
    };
    expect(Object.keys(keys)).toEqual(namesBelow('InterLink Config file'));
    // JSON is YAML.
    await writeFile(file, JSON.stringify(keys));
    const variables = {
      ...{ VK_CONFIG_PATH: join(walk.folder, 'kustomizations/knoc-cfg.json'), INTERLINKURL: 'http://127.0.0.1' },
      ...{ INTERLINKPORT: '', INTERLINKCONFIGPATH: file, SIDECARURL: 'http://127.0.0.1', SIDECARPORT: `${byVariable}` },
      ...{
        SIDECARSERVICE: 'slurm',
        SBATCHPATH: '/usr/bin/sbatch',
        SCANCELPATH: '/usr/bin/scancel',
        VKTOKENFILE: token,
      },
      ...{ SERVICEACCOUNT: 'vk', TSOCKS: 'false', TSOCKSPATH: '/usr/lib/libtsocks.so' },
    };
    expect(Object.keys(variables)).toEqual(namesBelow('Environment Variables list'));
    for (const [program, port] of [
      ['interlink', byFile],
      ['slurm-sidecar', byVariable],
    ] as const) {
      const running = walk.start(program, variables);
      onTestFinished(async () => await running.end());
      const line = await running.waitFor(/.*"msg":"listening".*/);
      expect(JSON.parse(line)).toMatchObject({ address: `http://127.0.0.1:${port}` });
    }
  });

  test('has no other commands', () => {
    expect(walk.unwalked()).toEqual([]);
  });
});
