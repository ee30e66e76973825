import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Container, CreateOrder, PodSpec } from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PodWorks } from '../pods/pod-works.ts';
import { strictPolicy } from '../testing/site-policy.ts';
import { createAttempt } from './create-attempt.ts';
import type { DockerRuntimeOptions } from './docker-runtime.ts';

const uid = '00000000-0000-4000-8000-000000000001';
const metadata = { name: 'p', namespace: 'ns', uid };
let root = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'interlink-create-'));
});
afterEach(async () => await rm(root, { recursive: true }));

/** The body of an ephemeral container of an image that runs as root, by a process that has its update only, which names no more than images. */
async function debug(
  labelled: Pick<PodSpec, 'securityContext'>,
  own: Pick<Container, 'securityContext'> = {},
): Promise<Docker.ContainerCreateOptions> {
  const main = { name: 'main', image: 'root' };
  const works = new PodWorks();
  const work = works.get(uid);
  work.updated = { pod: { metadata, spec: { containers: [main] } }, volumes: [] };
  work.debuggers.set('debug', { name: 'debug', image: 'root', env: [], ...own });
  const pod = {
    owner: { cluster: 'c', node: 'n' },
    ...metadata,
    generation: 1,
    spec: { containers: [main], ...labelled },
  };
  const bodies: Docker.ContainerCreateOptions[] = [];
  const options = {
    reader: { readPod: async () => ({ pod, sandbox: { id: 'sandbox' }, containers: [] }) },
    images: { get: async () => ({ imageId: 'i', engineId: 'i', user: '' }) },
    volumes: {
      assertMountable: async () => undefined,
      mountsOf: async () => [],
      withMounts: async (_spec: unknown, _pod: unknown, work: (mounts: []) => Promise<void>) => await work([]),
    },
    devices: { withDevices: async (_wanted: unknown, work: (given: []) => Promise<void>) => await work([]) },
    engine: {
      createContainer: async (body: Docker.ContainerCreateOptions) => {
        bodies.push(body);
        return 'debug';
      },
      inspectContainer: async () => ({}),
    },
    policy: async () => strictPolicy,
    ...{ works, root },
  } as unknown as DockerRuntimeOptions;
  const order = { pod: { pod: { metadata, spec: pod.spec } }, container: 'debug', attempt: 0, failuresBefore: 0 };
  const { signal } = new AbortController();
  await createAttempt({ ...order, tell: () => undefined, signal } as unknown as CreateOrder, options);
  const [body] = bodies;
  if (body === undefined) throw new Error('No container was made');
  return body;
}

test('createAttempt() refuses an ephemeral container as root in a pod that labels say is not to run as root', async () => {
  await expect(debug({ securityContext: { runAsNonRoot: true } })).rejects.toMatchObject({
    ...{ reason: 'CreateContainerConfigError', message: 'container has runAsNonRoot and image will run as root' },
  });
});

test.each<[string, Record<string, unknown>, Record<string, unknown>, string | undefined]>([
  ['the pod’s', { runAsNonRoot: true, runAsUser: 7, runAsGroup: 8 }, {}, '7:8'],
  ['its own over the pod’s', { runAsUser: 7 }, { runAsUser: 9 }, '9'],
  ['the image’s where nothing is said', {}, {}, undefined],
])('createAttempt() makes an ephemeral container with the user of labels: %s', async (_, pod, own, user) => {
  const body = await debug({ securityContext: pod }, { securityContext: own });
  expect(body.User).toBe(user);
});
