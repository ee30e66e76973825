import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Container, PodSpec } from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { renderLabels } from '../identity/labels.ts';
import { toLifecycleSpec } from '../identity/lifecycle-spec.ts';
import { PodWorks } from '../pods/pod-works.ts';
import { toEngineContainer } from '../status/engine-container.ts';
import { toNextAttempt } from './next-attempt.ts';
import { toRuntimePod } from './to-runtime-pod.ts';

const uid = '00000000-0000-4000-8000-000000000001';
const metadata = { name: 'p', namespace: 'ns', uid };
const asRoot = 'container has runAsNonRoot and image will run as root';
const byName = 'container has runAsNonRoot and image has non-numeric user (app), cannot verify user is non-root';
let root = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'interlink-next-'));
});
afterEach(async () => await rm(root, { recursive: true }));

/** Whom an image names as its user. */
const users: Readonly<Record<string, string>> = { root: '', numbered: '1000', named: 'app', other: '1001' };

interface Given {
  readonly pod?: NonNullable<PodSpec['securityContext']>;
  readonly container?: NonNullable<Container['securityContext']>;
  /** What the attempt before was made of, and what the next is to be. */
  readonly images: readonly [before: string, next: string];
  /** Of the container before; by default the image's. */
  readonly user?: string;
  /** Another process has the create's request; what its owner has told it since. */
  readonly known: 'request' | 'update' | 'update of names and images';
  /** By a sidecar that kept no security context. */
  readonly hasOldLabels?: boolean;
}

const specOf = ({ pod, container }: Given, image: string): PodSpec => ({
  ...(pod === undefined ? {} : { securityContext: pod }),
  containers: [{ name: 'main', image, ...(container === undefined ? {} : { securityContext: container }) }],
});

/** Without what sidecars did not keep in labels once. */
function inOldLabels({ securityContext: _, ...spec }: PodSpec): PodSpec {
  return { ...spec, containers: spec.containers.map(({ securityContext: _own, ...rest }): Container => rest) };
}

/** The body of the next attempt of a container `main` whose image was given another name. */
async function next(given: Given): Promise<Docker.ContainerCreateOptions> {
  const [imageBefore, imageNext] = given.images;
  const kept = toLifecycleSpec(specOf(given, imageBefore));
  const spec = given.hasOldLabels === true ? inOldLabels(kept) : kept;
  const labels = { owner: { cluster: 'c', node: 'n' }, ...metadata, generation: 1, spec };
  const names = { kind: 'container', container: 'main', position: 0, attempt: 0, failuresBefore: 0 } as const;
  const user = given.user ?? users[imageBefore];
  const inspected = {
    ...{ Id: 'c0', Image: imageBefore, Created: '2027-01-01T00:00:00Z', HostConfig: {}, NetworkSettings: {} },
    State: { Status: 'exited', ExitCode: 0, OOMKilled: false, Error: '', StartedAt: '', FinishedAt: '' },
    Config: { User: user, Labels: renderLabels(labels, { ...names, image: imageBefore, imageId: 'i' }) },
  } as unknown as Docker.ContainerInspectInfo;
  const before = toEngineContainer(inspected)?.container;
  if (before === undefined) throw new Error('no container of ours');
  const works = new PodWorks();
  const work = works.get(uid);
  if (given.known === 'request') {
    work.request = { pod: { metadata, spec: specOf(given, imageBefore) }, volumes: [] };
  } else {
    const told = given.known === 'update' ? specOf(given, imageNext) : specOf({ ...given, pod: {}, container: {} }, '');
    work.updated = { pod: { metadata, spec: told }, volumes: [] };
  }
  if (imageNext !== imageBefore) work.images.set('main', imageNext);
  const pod = toRuntimePod({ pod: labels, sandbox: undefined, containers: [before] }, work);
  const order = { pod, container: 'main', attempt: 1, failuresBefore: 0, tell: () => undefined };
  return await toNextAttempt(
    { ...order, signal: new AbortController().signal } as Parameters<typeof toNextAttempt>[0],
    {
      engine: {
        inspectContainer: async () => inspected,
        inspectImage: async (image) => ({ Config: { User: users[image] } }) as Docker.ImageInspectInfo,
      },
      images: { get: async ({ image }) => ({ imageId: image, engineId: image, user: users[image] ?? '' }) },
      ...{ works, root, labels, before, isPodman: false },
    },
  );
}

const nonRoot = { runAsNonRoot: true };
/** Wherever the settings are still known from. */
const sources: ReadonlyArray<Pick<Given, 'known' | 'hasOldLabels'>> = [
  { known: 'request' },
  { known: 'request', hasOldLabels: true },
  { known: 'update' },
  { known: 'update', hasOldLabels: true },
  { known: 'update of names and images' },
];

describe.each(sources)('toNextAttempt() with $known, hasOldLabels: $hasOldLabels', (source) => {
  test.each<[string, Omit<Given, 'known'>, string]>([
    ['pod: an image of root', { pod: nonRoot, images: ['numbered', 'root'] }, asRoot],
    ['container: an image of root', { container: nonRoot, images: ['numbered', 'root'] }, asRoot],
    ['pod: a user by name', { pod: nonRoot, images: ['numbered', 'named'] }, byName],
    ['container over pod', { pod: { runAsNonRoot: false }, container: nonRoot, images: ['numbered', 'root'] }, asRoot],
  ])('refuses by the %s', async (_, given, message) => {
    const refusal = { code: 'failed_precondition', reason: 'CreateContainerConfigError', message };
    await expect(next({ ...given, ...source })).rejects.toMatchObject(refusal);
  });

  test.each<[string, Omit<Given, 'known'>, string | undefined]>([
    [
      'a user of the container',
      { pod: nonRoot, container: { runAsUser: 7 }, images: ['root', 'named'], user: '7' },
      '7',
    ],
    ['a user of the pod', { pod: { ...nonRoot, runAsUser: 7 }, images: ['numbered', 'root'], user: '7' }, '7'],
    [
      'the user that the image before had, too',
      { container: { ...nonRoot, runAsUser: 1000 }, images: ['numbered', 'root'], user: '1000' },
      '1000',
    ],
    [
      'a group with the new image’s user',
      { pod: { ...nonRoot, runAsGroup: 9 }, images: ['numbered', 'other'], user: '1000:9' },
      '1001:9',
    ],
    ['an image of a number', { pod: nonRoot, images: ['numbered', 'other'] }, undefined],
    [
      'the container’s word over the pod’s',
      { pod: nonRoot, container: { runAsNonRoot: false }, images: ['numbered', 'root'] },
      undefined,
    ],
    ['anybody where nothing was asked for', { images: ['numbered', 'root'] }, undefined],
  ])('takes %s', async (_, given, user) => {
    const body = await next({ ...given, ...source });
    expect(body).toMatchObject({ Image: given.images[1] });
    expect(body.User).toBe(user);
  });

  test('starts the same image again as the user that it had', async () => {
    const given = { pod: nonRoot, container: { runAsUser: 1000 }, images: ['root', 'root'], user: '1000' } as const;
    expect(await next({ ...given, ...source })).toMatchObject({ Image: 'root', User: '1000' });
  });
});

test('toNextAttempt() refuses an image that has come to run as root under the same name', async () => {
  // As pulled anew for a request that is known.
  const given = { pod: nonRoot, images: ['root', 'root'], user: '', known: 'request' } as const;
  await expect(next(given)).rejects.toThrow(asRoot);
});
