import { type PodEvent, PodLifecycle } from '@interlink/sidecar-sdk';
import { expect, onTestFinished, test } from 'vitest';
import { connect } from '../engine/connect.ts';
import { Engine } from '../engine/engine.ts';
import { renderLabels } from '../identity/labels.ts';
import { PodWorks } from '../pods/pod-works.ts';
import { PodReader } from '../status/pod-reader.ts';
import { listenAsEngine } from '../testing/listening-engine.ts';
import { silent } from '../testing/running-pod.ts';
import { DockerRuntime, type DockerRuntimeOptions } from './docker-runtime.ts';

const uid = '00000000-0000-4000-8000-000000000001';
const spec = { containers: [{ name: 'main', ports: [{ containerPort: 80, hostPort: 8080 }] }] };
const pod = { owner: { cluster: 'c', node: 'n' }, uid, namespace: 'ns', name: 'p', generation: 1, spec };
const own = {
  kind: 'sandbox',
  container: '',
  position: -1,
  attempt: 0,
  failuresBefore: 0,
  image: '',
  imageId: '',
} as const;

test('a hostPort that is taken is told as FailedCreatePodSandBox, in the engine’s words', async () => {
  const why =
    'driver failed programming external connectivity on endpoint k8s_POD_p_ns (0a1b): Bind for 0.0.0.0:8080 failed: port is already allocated';
  const inspected = {
    ...{ Id: 'box', Created: '2027-01-01T00:00:00Z', NetworkSettings: { Networks: {} } },
    HostConfig: { RestartPolicy: { Name: 'always' } },
    State: { Status: 'created', ExitCode: 128, OOMKilled: false, Error: why, StartedAt: '', FinishedAt: '' },
    Config: { Labels: renderLabels(pod, own) },
  };
  const { host } = await listenAsEngine({
    'GET /containers/json': [200, [{ Id: 'box', State: 'created' }]],
    'GET /containers/box/json': [200, inspected],
    'POST /containers/box/start': [500, { message: why }],
  });
  const engine = new Engine(await connect({ DOCKER_HOST: host }));
  const parts = { engine, reader: new PodReader(engine), works: new PodWorks(), logger: silent };
  const lifecycle = new PodLifecycle({ runtime: new DockerRuntime(parts as DockerRuntimeOptions), logger: silent });
  onTestFinished(() => lifecycle.close());
  const ignore = () => undefined;
  const told = new Promise<PodEvent>((resolve) => {
    lifecycle.tellTo({ event: (_, event) => resolve(event), report: ignore, gone: ignore, relist: ignore });
  });
  const report = await lifecycle.settle(uid);
  expect(report?.status.containerStatuses[0]?.state).toMatchObject({ waiting: { reason: 'ContainerCreating' } });
  expect(await told).toEqual({
    type: 'Warning',
    reason: 'FailedCreatePodSandBox',
    message: `Failed to create pod sandbox: ${why}`,
  });
});
