import { copyFile, cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, type TestContext, test } from 'vitest';
import { renderKubeconfig } from '../../testbed/control-plane/kubeconfig.ts';
import { issueCertificate, ON_DEMAND_TIMEOUT_MS, waitFor } from '../../testbed/index.ts';
import { TlsFolder } from '../../testbed/tls-folder.ts';
import { commandsBelow } from '../drivers/document-commands.ts';
import { ManifestBed } from '../drivers/kubelet/manifest-bed.ts';
import { Namespace } from '../drivers/namespace.ts';
import { NodeView } from '../drivers/node.ts';
import { pod, shell } from '../drivers/pods.ts';
import { runShell } from '../drivers/shell-commands.ts';
import { cannotRun } from '../drivers/site-test.ts';
import { partsOf } from '../drivers/testbed-parts.ts';

const base = join(import.meta.dirname, '../../../kustomizations');
const selector = 'app.kubernetes.io/name=vk';

describe.skipIf(cannotRun)('kustomizations/', () => {
  let bed: ManifestBed;
  let folder = base;
  beforeAll(async () => {
    bed = await ManifestBed.start(partsOf(inject('testbed')));
    await bed.makeImage('interlink/vk:latest', 'vk');
  }, ON_DEMAND_TIMEOUT_MS);
  afterAll(async () => await bed.end());
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') process.stdout.write(await bed.logs('vk'));
    await bed.clear();
    await run(`kubectl delete -n vk -k ${folder} --ignore-not-found || true
      kubectl delete ns/vk node/vk-knoc node/vk-knoc-gpu --ignore-not-found`);
  });

  const run = async (script: string) => await runShell(partsOf(inject('testbed')).controlPlane, script);
  const nodeOf = (name: string) => new NodeView(name, partsOf(inject('testbed')).controlPlane);
  const vk = () => Namespace.existing('vk', partsOf(inject('testbed')).controlPlane);

  /** The folder with these components, as an administrator gets it who takes away the `#` before them; its namespace is there. */
  async function prepare({ task }: TestContext, ...components: string[]): Promise<Namespace> {
    folder = join(bed.directory, task.id);
    await cp(base, folder, { recursive: true });
    const path = join(folder, 'kustomization.yaml');
    let text = await readFile(path, 'utf8');
    for (const component of components) {
      expect(text).toContain(`#  - components/${component}\n`);
      text = text.replace(`#  - components/${component}\n`, `  - components/${component}\n`);
    }
    await writeFile(path, text);
    await run('kubectl create ns vk');
    return vk();
  }

  async function runToEnd(nodeName: string, name: string): Promise<void> {
    await vk().apply(pod(nodeName, name, { containers: [shell('main', 'echo hello')] }));
    await vk().waitForPhase(name, 'Succeeded');
    expect(await vk().run('logs', name)).toBe('hello\n');
    await vk().run('delete', 'pod', name);
  }

  test('as they are: the node says by which command it gets its token, and runs a pod once it has it', async () => {
    await run(await commandsBelow('docs/kubernetes.md', '## With kustomize'));
    const token = await bed.startInterLink();
    const [vkPod] = await bed.podsOf(vk(), selector);
    const { running, volumes } = await bed.run(vkPod, vk());

    const { status } = await nodeOf('vk-knoc').waitUntilThere();
    const condition = status?.conditions?.find(({ type }) => type === 'InterLinkConnectivity');
    expect(condition).toMatchObject({ status: 'False', reason: 'BackendUnreachable' });
    expect(condition?.message).toMatch(
      /There is no token .*: kubectl create secret generic interlink-token -n vk --from-file=token=FILE$/,
    );
    expect(await running.probe('vk', 'livenessProbe')).toBe(200);
    expect(await running.probe('vk', 'readinessProbe')).toBe(503);

    const [command = ''] = /kubectl .*/.exec(condition?.message ?? '') ?? [];
    await run(command.replace('FILE', token));
    // As the kubelet does within a minute or so.
    await volumes.write();
    await nodeOf('vk-knoc').waitForCondition('InterLinkConnectivity', 'True');
    expect(await running.probe('vk', 'readinessProbe')).toBe(200);

    await run('kubectl apply -f examples/interlink_mock/payloads/busyecho_k8s.yaml -n vk');
    await vk().waitForPhase('busyecho', 'Succeeded');
    expect(await vk().run('logs', 'busyecho')).toBe('hello from a virtual node\nbye\n');
    await vk().run('delete', 'pod', 'busyecho');
    expect(await running.log('vk')).not.toMatch(/forbidden/i);
  });

  test('mtls, several-nodes and two-replicas: two nodes without a token, and one process takes over from the other', async (context) => {
    const namespace = await prepare(context, 'mtls', 'several-nodes', 'two-replicas');
    const tls = await TlsFolder.create();
    context.onTestFinished(async () => await tls.remove());
    const configuration = join(tls.path, 'InterLinkConfig.yaml');
    const server = await tls.configure('interlink', { usage: 'both', names: [bed.hostIP] });
    await writeFile(configuration, JSON.stringify({ TLS: server }));
    await bed.startInterLink({ INTERLINKURL: `https://${bed.hostIP}`, INTERLINKCONFIGPATH: configuration });
    const { certFile, keyFile } = await tls.issue('vk', { usage: 'clientAuth' });
    const files = `--from-file=tls.crt=${certFile} --from-file=tls.key=${keyFile} --from-file=ca.crt=${tls.caFile}`;
    await run(`kubectl create secret generic interlink-tls -n vk ${files}; kubectl apply -n vk -k ${folder}`);

    const [one, another] = await bed.podsOf(namespace, selector, { count: 2 });
    if (another === undefined) throw new Error('There is one pod: two are wanted');
    const [first, second] = await Promise.all([bed.run(one, namespace), bed.run(another, namespace)]);
    for (const name of ['vk-knoc', 'vk-knoc-gpu']) await nodeOf(name).waitForCondition('InterLinkConnectivity', 'True');
    const { metadata, status } = await nodeOf('vk-knoc-gpu').get();
    expect(metadata?.labels).toMatchObject({ accelerator: 'a100' });
    expect(status?.capacity).toMatchObject({ cpu: '16', 'nvidia.com/gpu': '4' });
    await runToEnd('vk-knoc-gpu', 'before');

    const isLeading = async ({ running }: typeof first) => (await running.log('vk')).includes('"msg":"leading"');
    const [leader, other] = (await isLeading(first)) ? [first, second] : [second, first];
    expect(await isLeading(other)).toBe(false);
    for (const { running } of [leader, other])
      await waitFor('both to be ready', async () => (await running.probe('vk', 'readinessProbe')) === 200);
    await leader.running.stop();
    await waitFor('the other to lead', async () => await isLeading(other));
    await waitFor('the node to be where the other is', async () => {
      const { status } = await nodeOf('vk-knoc').get();
      return status?.addresses?.some(({ address }) => address === other.running.ip);
    });
    await runToEnd('vk-knoc', 'after');
    expect(await other.running.log('vk')).not.toMatch(/forbidden/i);
  });

  test('token and node-identity: the node acts as itself, and the service account may do nothing', async (context) => {
    const namespace = await prepare(context, 'token', 'node-identity');
    const { ca } = partsOf(inject('testbed')).controlPlane.certificates;
    await copyFile(await bed.startInterLink(), join(folder, 'components/token/token'));
    const identity = { name: 'vk-knoc', commonName: 'system:node:vk-knoc', organization: 'system:nodes' };
    const files = await issueCertificate(ca, { ...identity, directory: folder, usage: 'clientAuth' });
    const kubeconfig = renderKubeconfig({
      server: bed.apiServerUrl,
      ca: await readFile(ca.certFile, 'utf8'),
      clientCertificate: await readFile(files.certFile, 'utf8'),
      clientKey: await readFile(files.keyFile, 'utf8'),
    });
    await writeFile(join(folder, 'kubeconfig'), kubeconfig);
    await run(`kubectl create secret generic interlink-node-identity -n vk --from-file=${folder}/kubeconfig`);
    await run(`kubectl apply -n vk -k ${folder}`);

    const [vkPod] = await bed.podsOf(namespace, selector);
    const { running } = await bed.run(vkPod, namespace);
    await nodeOf('vk-knoc').waitForCondition('InterLinkConnectivity', 'True');
    await runToEnd('vk-knoc', 'hello');
    expect(await running.log('vk')).not.toMatch(/forbidden/i);
    for (const right of ['get secrets', 'list pods', 'create nodes']) {
      const asked = await namespace.try('auth', 'can-i', ...right.split(' '), '--as=system:serviceaccount:vk:vk');
      expect([right, asked.stdout]).toEqual([right, 'no\n']);
    }
  });
});
