import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Pod } from '@interlink/kube';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { kubectl, runCommandOrThrow, waitFor } from '../testbed/index.ts';
import type { Site } from '../testbed/site/site.ts';
import { type AuditedServer, startAuditedServer } from './drivers/audited-server.ts';
import { commandsBelow } from './drivers/document-commands.ts';
import { EngineView } from './drivers/engine.ts';
import { Namespace } from './drivers/namespace.ts';
import { NodeView } from './drivers/node.ts';
import { pod, shell, untilTerm } from './drivers/pods.ts';
import { grantsOf, lastingRefusalsOf, type PolicyRule, refusalsOf, usesOf } from './drivers/roles.ts';
import { cannotRun, startSite } from './drivers/site-test.ts';
import { partsOf } from './drivers/testbed-parts.ts';

const testbed = inject('testbed');
const root = join(import.meta.dirname, '../..');
const account = 'system:serviceaccount:interlink:virtual-kubelet';

describe.skipIf(cannotRun)('docs/security.md: a virtual kubelet with', { timeout: 400_000 }, () => {
  let directory: string;
  let server: AuditedServer;
  const namespaces = new Map<string, Namespace>();

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'interlink-identities-'));
    await symlink(join(root, 'deploy'), join(directory, 'deploy'));
    const { controlPlane } = partsOf(testbed);
    server = await startAuditedServer(controlPlane, directory);
    for (const name of ['team-a', 'team-b', 'team-c']) {
      namespaces.set(name, await Namespace.create(name, controlPlane));
    }
  });
  afterAll(async () => {
    await asAdmin(
      'delete',
      'namespace',
      'interlink',
      'team-a',
      'team-b',
      'team-c',
      '--wait=false',
      '--ignore-not-found',
    );
    await server.stop();
    await rm(directory, { recursive: true });
  });

  const namespace = (name: string) => namespaces.get(name) as Namespace;
  const asAdmin = async (...args: string[]) => await kubectl(testbed, args, { timeoutMs: 60_000 });
  /** With the rights of the virtual kubelet. */
  const asKubelet = async (...args: string[]) =>
    await kubectl(testbed, args, { kubeconfig: join(directory, 'vk.kubeconfig'), timeoutMs: 60_000 });

  /** Runs the commands of the page, and starts a virtual kubelet with what they make. */
  async function start(heading: string, nodeName: string, provider?: string): Promise<Site> {
    const { controlPlane, docker } = partsOf(testbed);
    const script = await commandsBelow('docs/security.md', heading);
    const path = `${dirname(controlPlane.kubectl)}:${process.env.PATH}`;
    const env = { ...process.env, PATH: path, KUBECONFIG: server.kubeconfig };
    await runCommandOrThrow('bash', ['-euo', 'pipefail', '-c', script], { cwd: directory, env, timeoutMs: 120_000 });
    const providerFile = join(directory, 'provider.yaml');
    if (provider !== undefined) await writeFile(providerFile, provider);
    const configFile = join(directory, 'InterLinkConfig.yaml');
    const claims = { 'storageClass:remote': { path: `${directory}/claims/{namespace}/{claim}` } };
    await writeFile(configFile, JSON.stringify({ Docker: { Claims: claims } }));
    await mkdir(join(directory, 'claims'), { recursive: true });
    const { site, end } = await startSite(nodeName, new EngineView(docker), {
      kubeconfig: join(directory, 'vk.kubeconfig'),
      env: { INTERLINKCONFIGPATH: configFile, ...(provider === undefined ? {} : { VK_CONFIG_PATH: providerFile }) },
    });
    onTestFinished(end);
    return site;
  }

  test('a service account in the whole cluster uses each of its rights, and lacks none', async () => {
    onTestFinished(async () => void (await asAdmin('delete', 'clusterrolebinding', 'interlink-virtual-kubelet-pods')));
    const site = await start('### A service account in the whole cluster', 'identity-cluster');
    await runPods(namespace('team-a'), site.nodeName);
    await useTheRest(namespace('team-a'), site);
    const rules = await Promise.all([
      rulesOf('clusterrole', 'interlink-virtual-kubelet-node'),
      rulesOf('clusterrole', 'interlink-virtual-kubelet-pods'),
      rulesOf('role', 'interlink-virtual-kubelet-lease', '-n', 'kube-node-lease'),
    ]);
    // The node's lease, for one, is renewed after ten seconds.
    const everything = await waitFor('each right to be used', async () => {
      const requests = await server.requestsOf(account);
      const uses = usesOf(requests);
      const unused = grantsOf(rules.flat()).filter((grant) => !uses.has(grant));
      if (unused.length > 0) throw new Error(`not used yet: ${unused.join(', ')}`);
      return requests;
    });
    expect(refusalsOf(everything)).toEqual([]);

    for (const args of [
      ['delete', 'node', site.nodeName],
      ['label', 'node', site.nodeName, 'a=b'],
      ['get', 'nodes'],
      ['-n', 'team-a', 'create', 'configmap', 'new'],
      ['-n', 'team-a', 'delete', 'secret', 'credentials'],
      ['-n', 'team-a', 'run', 'new', '--image=busybox'],
      ['-n', 'team-a', 'exec', 'server', '--', 'true'],
    ]) {
      expect([args, (await asKubelet(...args)).stderr]).toEqual([args, expect.stringMatching(/[Ff]orbidden/)]);
    }
    // As the page says, this it can.
    expect((await asKubelet('-n', 'team-b', 'get', 'secrets')).exitCode).toBe(0);
  });

  test('a service account in some namespaces runs their pods, and sees nothing of others', async () => {
    const before = (await server.requestsOf(account)).length;
    const site = await start(
      '### A service account in some namespaces',
      'identity-some',
      'Namespaces: [team-a, team-b]\n',
    );
    const stranger = pod(site.nodeName, 'stranger', { containers: [shell('main', 'true')] });
    await namespace('team-c').apply(stranger, secret('theirs'));
    await Promise.all([runPods(namespace('team-a'), site.nodeName), runPods(namespace('team-b'), site.nodeName)]);
    const requests = (await server.requestsOf(account)).slice(before);
    expect(refusalsOf(requests)).toEqual([]);
    const isForeign = ({ objectRef }: (typeof requests)[number]) =>
      ['secrets', 'configmaps', 'pods'].includes(objectRef?.resource ?? '') &&
      !/^(team-[ab]|kube-system)$/.test(objectRef?.namespace ?? '');
    expect(requests.filter(isForeign)).toEqual([]);
    expect((await namespace('team-c').pod('stranger')).status?.phase).toBe('Pending');
    for (const args of [
      ['-n', 'team-c', 'get', 'secret', 'theirs'],
      ['-n', 'team-c', 'get', 'pods'],
      ['get', 'secrets', '--all-namespaces'],
      ['-n', 'team-c', 'create', 'token', 'default'],
    ]) {
      expect([args, (await asKubelet(...args)).stderr]).toEqual([args, expect.stringMatching(/[Ff]orbidden/)]);
    }
    await namespace('team-c').run('delete', 'pod', 'stranger', '--force');
  });

  test('the node’s own identity runs pods, and reaches nothing that is not theirs', async () => {
    const site = await start("### The node's own identity", 'my-node');
    onTestFinished(async () => {
      await asAdmin('delete', 'clusterrolebinding', 'my-node-cluster-id');
      await asAdmin('-n', 'kube-system', 'delete', 'rolebinding', 'my-node-client-ca');
    });
    await runPods(namespace('team-a'), site.nodeName);
    expect(lastingRefusalsOf(await server.requestsOf('system:node:my-node'))).toEqual([]);
    const node = await new NodeView('my-node', partsOf(testbed).controlPlane).get();
    expect(node.metadata?.labels).toMatchObject({ type: 'virtual-kubelet', 'kubernetes.io/hostname': 'my-node' });
    expect(node.metadata?.labels).not.toHaveProperty(['kubernetes.io/role']);
    const request = /certificate approve ([^"]+)"/.exec(site.vk.log())?.[1] ?? '';
    expect((await asAdmin('certificate', 'approve', request)).exitCode).toBe(0);
    await waitFor('the serving certificate', () => site.vk.log().includes('serving certificate issued'));

    await namespace('team-a').apply(secret('of-nobody'));
    await asAdmin('create', '-f', await fileOf({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'another' } }));
    onTestFinished(async () => void (await asAdmin('delete', 'node', 'another')));
    for (const args of [
      ['-n', 'team-a', 'get', 'secret', 'of-nobody'],
      ['-n', 'team-a', 'get', 'secrets'],
      ['get', 'pods', '--all-namespaces'],
      ['get', 'node', 'another'],
      ['patch', 'node', 'another', '--subresource=status', '--type=merge', '-p', '{"status":{"phase":"Running"}}'],
      ['patch', 'node', 'my-node', '--type=merge', '-p', '{"spec":{"taints":null}}'],
      ['label', 'node', 'my-node', 'kubernetes.io/role=master'],
      ['delete', 'node', 'my-node'],
      ['-n', 'team-a', 'create', 'token', 'default'],
    ]) {
      expect([args, (await asKubelet(...args)).stderr]).toEqual([args, expect.stringMatching(/[Ff]orbidden/)]);
    }
  });

  /** A pod that lives from ConfigMaps, Secrets and tokens: some are there, some come later. */
  async function runPods(namespace: Namespace, nodeName: string): Promise<void> {
    await namespace.apply(secret('credentials'), configMap('settings'), server80, serverPod(nodeName));
    await namespace.waitForWaiting('server', 'main', /CreateContainerConfigError/);
    await namespace.apply(configMap('late'));
    await waitFor('the server to miss the Secret, too', async () => {
      return /secret "late"/.test(await namespace.waitForWaiting('server', 'main', /CreateContainerConfigError/));
    });
    await namespace.apply(secret('late'));
    await namespace.waitForPhase('server', 'Running', { timeoutMs: 60_000 });
    const said = 'word word word word 80 ey\n';
    await waitFor('the log of the server', async () => (await namespace.run('logs', 'server')) === said);
    expect(await namespace.run('exec', 'server', '--', 'echo', 'hello')).toBe('hello\n');
    await namespace.run('delete', 'pod', 'server', '--timeout=30s');
    await namespace.run('delete', 'secret,configmap', 'late');
    await namespace.apply(claim, claimingPod(nodeName));
    await namespace.waitForPhase('claiming', 'Succeeded', { timeoutMs: 60_000 });
    expect(await readFile(join(directory, 'claims', namespace.name, 'data/file'), 'utf8')).toBe('kept\n');
    await namespace.run('delete', 'pod', 'claiming', '--timeout=30s');
  }

  /** What the virtual kubelet asks for now and then only. */
  async function useTheRest(namespace: Namespace, site: Site): Promise<void> {
    const { controlPlane } = partsOf(testbed);
    // A caller of the kubelet port with a token, whom it has to ask for.
    const token = await namespace.run('create', 'token', 'default');
    const { status } = await new NodeView(site.nodeName, controlPlane).get();
    const port = status?.daemonEndpoints?.kubeletEndpoint?.Port;
    expect(await statusOf({ path: '/pods', port, headers: { authorization: `Bearer ${token.trim()}` } })).toBe(403);
    // Something that is told twice.
    const flaky = shell('main', 'sleep 1; exit 1');
    await namespace.apply(pod(site.nodeName, 'flaky', { restartPolicy: 'Always', containers: [flaky] }));
    await waitFor(
      'an event that is counted',
      async () => (await namespace.events('flaky')).some(({ count }) => (count ?? 1) > 1),
      { timeoutMs: 90_000 },
    );
    await namespace.run('delete', 'pod', 'flaky', '--timeout=30s');
  }

  async function rulesOf(...role: string[]): Promise<PolicyRule[]> {
    const { stdout } = await asAdmin('get', ...role, '-o', 'json');
    return (JSON.parse(stdout) as { rules: PolicyRule[] }).rules;
  }

  async function fileOf(object: object): Promise<string> {
    const file = join(directory, 'object.json');
    await writeFile(file, JSON.stringify(object));
    return file;
  }
});

const secret = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name },
  stringData: { key: 'word' },
});
const configMap = (name: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data: { key: 'word' },
});
const server80 = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web' },
  spec: { ports: [{ port: 80 }] },
};

/** Nobody binds it: its data is where the sidecar's administrator says. */
const claim = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data' },
  spec: {
    storageClassName: 'remote',
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '1Gi' } },
  },
};

/** Past the scheduler, which waits until somebody binds the claim. */
function claimingPod(nodeName: string): Pod {
  return pod(nodeName, 'claiming', {
    nodeName,
    containers: [
      shell('main', 'echo kept > /data/file', {
        volumeMounts: [{ name: 'data', mountPath: '/data' }],
      }),
    ],
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
  });
}

function serverPod(nodeName: string): Pod {
  const script = [
    'echo "$(cat /secret/key) $(cat /late/key) $SETTING $LATE $WEB_SERVICE_PORT $(head -c 2 /var/run/secrets/kubernetes.io/serviceaccount/token)"',
    'test -n "$KUBERNETES_SERVICE_HOST" || exit 1',
    untilTerm,
  ];
  const env = [
    { name: 'SETTING', valueFrom: { configMapKeyRef: { name: 'settings', key: 'key' } } },
    { name: 'LATE', valueFrom: { configMapKeyRef: { name: 'late', key: 'key' } } },
    { name: 'LATE_SECRET', valueFrom: { secretKeyRef: { name: 'late', key: 'key' } } },
  ];
  const volumeMounts = [
    { name: 'secret', mountPath: '/secret' },
    { name: 'late', mountPath: '/late' },
  ];
  return pod(nodeName, 'server', {
    automountServiceAccountToken: true,
    containers: [shell('main', script.join('\n'), { env, volumeMounts })],
    volumes: [
      { name: 'secret', secret: { secretName: 'credentials' } },
      { name: 'late', secret: { secretName: 'credentials' } },
    ],
  });
}

async function statusOf(options: object): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  request({ host: '127.0.0.1', rejectUnauthorized: false, agent: false, ...options }, (response) => {
    response.resume();
    resolve(response.statusCode);
  })
    .once('error', reject)
    .end();
  return await promise;
}
