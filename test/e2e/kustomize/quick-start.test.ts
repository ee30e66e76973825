import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { ON_DEMAND_TIMEOUT_MS } from '../../testbed/index.ts';
import { commandsBelow } from '../drivers/document-commands.ts';
import { ManifestBed } from '../drivers/kubelet/manifest-bed.ts';
import { Namespace } from '../drivers/namespace.ts';
import { NodeView } from '../drivers/node.ts';
import { runShell } from '../drivers/shell-commands.ts';
import { cannotRun } from '../drivers/site-test.ts';
import { partsOf } from '../drivers/testbed-parts.ts';

const busyecho = 'kubectl apply -f examples/interlink_mock/payloads/busyecho_k8s.yaml -n vk';

describe.skipIf(cannotRun)('kustomizations/', () => {
  let bed: ManifestBed;
  beforeAll(async () => {
    bed = await ManifestBed.start(partsOf(inject('testbed')));
    await bed.makeImage('interlink/vk:latest', 'vk');
  }, ON_DEMAND_TIMEOUT_MS);
  afterAll(async () => {
    const { controlPlane } = partsOf(inject('testbed'));
    const left = 'kubectl delete -n vk -k ./kustomizations --ignore-not-found; kubectl delete ns vk node/vk-knoc';
    await bed.end();
    await runShell(controlPlane, left);
  });

  test('as they are: the node says by which command it gets its token, and then runs a pod', async ({
    onTestFailed,
  }) => {
    const { controlPlane } = partsOf(inject('testbed'));
    onTestFailed(async () => void process.stdout.write(await bed.logs('vk')));
    await runShell(controlPlane, await commandsBelow('docs/kubernetes.md', '## With kustomize'));
    const namespace = Namespace.existing('vk', controlPlane);
    const token = await bed.startInterLink();
    const pod = await bed.podOf(namespace, 'app.kubernetes.io/name=vk');
    const { running, volumes } = await bed.run(pod, namespace);

    const node = new NodeView('vk-knoc', controlPlane);
    const seen = await node.waitUntilThere();
    const condition = seen.status?.conditions?.find(({ type }) => type === 'InterLinkConnectivity');
    expect(condition).toMatchObject({ status: 'False', reason: 'BackendUnreachable' });
    expect(condition?.message).toMatch(
      /There is no token .*: kubectl create secret generic interlink-token -n vk --from-file=token=FILE$/,
    );
    expect(await running.probe('vk', 'livenessProbe')).toBe(200);
    expect(await running.probe('vk', 'readinessProbe')).toBe(503);

    const [command = ''] = /kubectl .*/.exec(condition?.message ?? '') ?? [];
    await runShell(controlPlane, command.replace('FILE', token));
    // As the kubelet does within a minute or so.
    await volumes.write();
    await node.waitForCondition('InterLinkConnectivity', 'True');
    expect(await running.probe('vk', 'readinessProbe')).toBe(200);

    await runShell(controlPlane, busyecho);
    await namespace.waitForPhase('busyecho', 'Succeeded');
    expect(await namespace.run('logs', 'busyecho')).toBe('hello from a virtual node\nbye\n');
    await namespace.run('delete', 'pod', 'busyecho');
    expect(await running.log('vk')).not.toMatch(/forbidden/i);
  });
});
