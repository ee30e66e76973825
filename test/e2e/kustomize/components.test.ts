import { copyFile, cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, type TestContext, test } from 'vitest';
import { renderKubeconfig } from '../../testbed/control-plane/kubeconfig.ts';
import { issueCertificate, ON_DEMAND_TIMEOUT_MS, waitFor } from '../../testbed/index.ts';
import { TlsFolder } from '../../testbed/tls-folder.ts';
import { ManifestBed } from '../drivers/kubelet/manifest-bed.ts';
import { Namespace } from '../drivers/namespace.ts';
import { NodeView } from '../drivers/node.ts';
import { pod, shell } from '../drivers/pods.ts';
import { runShell } from '../drivers/shell-commands.ts';
import { cannotRun } from '../drivers/site-test.ts';
import { partsOf } from '../drivers/testbed-parts.ts';

const selector = 'app.kubernetes.io/name=vk';

describe.skipIf(cannotRun)('kustomizations/components', () => {
  let bed: ManifestBed;
  let namespace: Namespace;
  let folder = '';
  beforeAll(async () => {
    bed = await ManifestBed.start(partsOf(inject('testbed')));
    await bed.makeImage('interlink/vk:latest', 'vk');
  }, ON_DEMAND_TIMEOUT_MS);
  afterAll(async () => await bed.end());
  afterEach(async () => {
    await bed.clear();
    await run(
      `kubectl delete -n vk -k ${folder}; kubectl delete ns vk; kubectl delete node vk-knoc vk-knoc-gpu --ignore-not-found`,
    );
  });

  const run = async (script: string) => await runShell(partsOf(inject('testbed')).controlPlane, script);

  /** A namespace, and the folder with these components, which an administrator gets by taking away the `#` before them. */
  async function prepare({ task, onTestFailed }: TestContext, ...components: string[]): Promise<void> {
    onTestFailed(async () => void process.stdout.write(await bed.logs('vk')));
    folder = join(bed.directory, task.id);
    await cp(join(import.meta.dirname, '../../../kustomizations'), folder, { recursive: true });
    const path = join(folder, 'kustomization.yaml');
    let text = await readFile(path, 'utf8');
    for (const component of components) {
      expect(text).toContain(`#  - components/${component}\n`);
      text = text.replace(`#  - components/${component}\n`, `  - components/${component}\n`);
    }
    await writeFile(path, text);
    await run('kubectl create ns vk');
    namespace = Namespace.existing('vk', partsOf(inject('testbed')).controlPlane);
  }

  const nodeOf = (name: string) => new NodeView(name, partsOf(inject('testbed')).controlPlane);

  async function runToEnd(nodeName: string, name: string): Promise<void> {
    await namespace.apply(pod(nodeName, name, { containers: [shell('main', 'echo hello')] }));
    await namespace.waitForPhase(name, 'Succeeded');
    expect(await namespace.run('logs', name)).toBe('hello\n');
    await namespace.run('delete', 'pod', name);
  }

  test('mtls, several-nodes and two-replicas: two nodes without a token, and one takes over from the other', async (context) => {
    await prepare(context, 'mtls', 'several-nodes', 'two-replicas');
    const tls = await TlsFolder.create();
    context.onTestFinished(async () => await tls.remove());
    const configuration = join(tls.path, 'InterLinkConfig.yaml');
    const server = await tls.configure('interlink', { usage: 'both', names: [bed.hostIP] });
    await writeFile(configuration, JSON.stringify({ TLS: server }));
    await bed.startInterLink({ INTERLINKURL: `https://${bed.hostIP}`, INTERLINKCONFIGPATH: configuration });
    const { certFile, keyFile } = await tls.issue('vk', { usage: 'clientAuth' });
    const files = `--from-file=tls.crt=${certFile} --from-file=tls.key=${keyFile} --from-file=ca.crt=${tls.caFile}`;
    await run(`kubectl create secret generic interlink-tls -n vk ${files}; kubectl apply -n vk -k ${folder}`);

    const pods = [await bed.podOf(namespace, selector), await bed.podOf(namespace, selector, 1)];
    const [first, second] = await Promise.all(pods.map(async (one) => (await bed.run(one, namespace)).running));
    if (first === undefined || second === undefined) throw new Error('Two pods are wanted');
    for (const name of ['vk-knoc', 'vk-knoc-gpu']) await nodeOf(name).waitForCondition('InterLinkConnectivity', 'True');
    const { metadata, status } = await nodeOf('vk-knoc-gpu').get();
    expect(metadata?.labels).toMatchObject({ accelerator: 'a100' });
    expect(status?.capacity).toMatchObject({ cpu: '16', 'nvidia.com/gpu': '4' });
    await runToEnd('vk-knoc-gpu', 'before');

    const isLeading = async (one: typeof first) => (await one.log('vk')).includes('"msg":"leading"');
    const [leader, other] = (await isLeading(first)) ? [first, second] : [second, first];
    expect(await isLeading(other)).toBe(false);
    for (const one of [leader, other]) expect(await one.probe('vk', 'readinessProbe')).toBe(200);
    await leader.stop();
    await waitFor('the other to lead', async () => await isLeading(other));
    await waitFor('the nodes to be the other’s', async () => {
      const { status } = await nodeOf('vk-knoc').get();
      return status?.addresses?.some(({ address }) => address === other.ip);
    });
    await runToEnd('vk-knoc', 'after');
    expect(await other.log('vk')).not.toMatch(/forbidden/i);
  });

  test('token and node-identity: the node acts as itself, and the service account may do nothing', async (context) => {
    await prepare(context, 'token', 'node-identity');
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

    const { running } = await bed.run(await bed.podOf(namespace, selector), namespace);
    await nodeOf('vk-knoc').waitForCondition('InterLinkConnectivity', 'True');
    await runToEnd('vk-knoc', 'hello');
    expect(await running.log('vk')).not.toMatch(/forbidden/i);
    for (const right of ['get secrets', 'list pods', 'create nodes']) {
      const asked = await namespace.try('auth', 'can-i', ...right.split(' '), '--as=system:serviceaccount:vk:vk');
      expect([right, asked.stdout]).toEqual([right, 'no\n']);
    }
  });
});
