import { pods, type Secret, secrets } from '@interlink/kube';
import { InterLinkError } from '@interlink/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { apiPod, containerStatus } from '../status/testing/statuses.ts';
import { FakeCluster } from '../testing/fake-cluster.ts';
import { FakeBackend } from './testing/fake-backend.ts';
import { endControllers, settle, startController } from './testing/start-controller.ts';

const uid = '11111111-1111-4111-8111-000000000001';

beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-01-02T03:04:05Z') }));
afterEach(() => void vi.useRealTimers());
afterEach(endControllers);

function login(password: string): Secret {
  const config = { auths: { 'reg.example.org': { username: 'alice', password } } };
  return {
    metadata: { namespace: 'ns', name: 'login' },
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': Buffer.from(JSON.stringify(config)).toString('base64') },
  };
}

function waits(backend: FakeBackend, reason: string): void {
  const main = containerStatus('main', 'waiting');
  const containerStatuses = [{ ...main, state: { waiting: { reason } } }];
  backend.now(uid, {}, { observedGeneration: 1, containerStatuses });
}

/** A pod at the backend whose image can't be had. */
async function startWithWaitingPod() {
  const [cluster, backend] = [new FakeCluster(), new FakeBackend()];
  cluster.put(pods, apiPod({ phase: 'Pending' }, { imagePullSecrets: [{ name: 'login' }] }, { uid }));
  const started = await startController(cluster, backend);
  await settle();
  waits(backend, 'ErrImagePull');
  await settle();
  return { cluster, backend, ...started };
}

const passwords = (backend: FakeBackend) =>
  backend.updates.map(({ registryCredentials }) => registryCredentials?.map(({ password }) => password));

test('a pull secret that appears, or changes, is told to the backend while the image can’t be had', async () => {
  const { cluster, backend, everything } = await startWithWaitingPod();
  expect(backend.updates).toEqual([]);
  cluster.put(secrets, login('mistyped'));
  await settle(2_000);
  expect(passwords(backend)).toEqual([['mistyped']]);
  waits(backend, 'ImagePullBackOff');
  cluster.put(secrets, login('open sesame'));
  await settle(2_000);
  expect(passwords(backend)).toEqual([['mistyped'], ['open sesame']]);
  expect(backend.updates[1]?.pod.metadata.generation).toBe(1);
  backend.now(uid, { main: 'running' }, { observedGeneration: 1 });
  await settle();
  cluster.put(secrets, login('changed later'));
  await settle(60_000);
  expect(backend.updates).toHaveLength(2);
  expect(everything.join('\n')).not.toMatch(/mistyped|sesame/);
});

test('a backend that can’t be told of a pull secret now is told later', async () => {
  const { cluster, backend } = await startWithWaitingPod();
  backend.updateRefusal = new InterLinkError('unavailable', 'later');
  cluster.put(secrets, login('open sesame'));
  await settle(2_000);
  expect(backend.updates).toEqual([]);
  backend.updateRefusal = undefined;
  await settle(60_000);
  expect(passwords(backend)).toEqual([['open sesame']]);
});
