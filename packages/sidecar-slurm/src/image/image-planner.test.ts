import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RegistryCredential } from '@interlink/sidecar-sdk';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ImageCache } from './image-cache.ts';
import { ImagePlanner, type ImageWish } from './image-planner.ts';
import { FakeRegistry } from './testing/fake-registry.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const other = `sha256:${'b'.repeat(64)}`;
const image = 'reg.example.org/team/app:1';
const repository = 'reg.example.org/team/app';
const alice: RegistryCredential = { registry: 'reg.example.org', username: 'alice', password: 'secret' };
const mallory: RegistryCredential = { registry: 'reg.example.org', username: 'mallory', password: 'guess' };

let root = '';
let registry: FakeRegistry;
let cache: ImageCache;
let planner: ImagePlanner;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'interlink-planner-'));
  registry = new FakeRegistry('reg.example.org');
  registry.images.set('team/app/manifests/1', { digest });
  restart();
});
afterEach(async () => await rm(root, { recursive: true }));

function restart(): void {
  cache = new ImageCache(root);
  const site = { prefix: 'docker://', allowedPaths: [], insecureRegistries: ['plain.example.org:5000'] };
  planner = new ImagePlanner(cache, site, registry.fetch);
}

async function plan(parts: Partial<ImageWish> = {}) {
  return await planner.plan({
    image,
    policy: 'IfNotPresent',
    credentials: [],
    pod: { imageRoot: undefined },
    ...parts,
  });
}

/** As a job leaves it. */
async function putIntoCache(accessKey: string, of = digest): Promise<void> {
  const folder = join(cache.folder, `${of.replace(':', '-')}.x86_64.sif`);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'access'), `${repository} ${accessKey}\n`);
}

describe('ImagePlanner.plan() of an image that is not in the cache', () => {
  test('says of one that is not there behind the ImagePrefix of the site what was looked for', async () => {
    const site = { prefix: 'reg.example.org/', allowedPaths: [], insecureRegistries: [] };
    planner = new ImagePlanner(cache, site, registry.fetch);
    await expect(plan({ image: 'quay.io/foo/bar:1' })).rejects.toThrow(
      `Failed to pull image "quay.io/foo/bar:1" (looked for as "reg.example.org/quay.io/foo/bar:1", by the site's ImagePrefix): `,
    );
  });

  test('names it by the digest that the registry gives', async () => {
    expect(await plan()).toEqual({
      uri: `docker://${repository}@${digest}`,
      name: image,
      path: '',
      key: `sha256-${'a'.repeat(64)}`,
      imageId: `${repository}@${digest}`,
      policy: 'IfNotPresent',
      repository,
      isVerified: true,
      logins: [],
      accessKeys: ['anybody'],
      isInsecure: false,
      lookedFor: '',
    });
    expect(registry.asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'HEAD https://reg.example.org/v2/team/app/manifests/1',
      'GET https://reg.example.org/token?scope=repository%3Ateam%2Fapp%3Apull&service=s',
      'HEAD https://reg.example.org/v2/team/app/manifests/1',
    ]);
  });

  test('takes the login that the registry takes, and only that one goes to the job', async () => {
    registry.images.set('team/app/manifests/1', { digest, password: 'secret' });
    const planned = await plan({ credentials: [mallory, alice] });
    expect(planned.logins).toEqual([{ username: 'alice', password: 'secret' }]);
    expect(planned.accessKeys).toEqual([await cache.accessKeyOf({ username: 'alice', password: 'secret' })]);
  });

  test.each([
    [[], 'the pod has no imagePullSecrets'],
    [[{ ...alice, registry: 'other.example.org' }], "none of the pod's imagePullSecrets is for it"],
    [[mallory], "does not let the pod's imagePullSecrets have it: 403 DENIED: access denied"],
  ])('says why it may not be had with %j', async (credentials, why) => {
    registry.images.set('team/app/manifests/1', { digest, password: 'secret' });
    const refused = plan({ credentials });
    await expect(refused).rejects.toMatchObject({ code: 'failed_precondition', reason: 'ErrImagePull' });
    await expect(refused).rejects.toThrow(why);
    await expect(refused).rejects.not.toThrow('guess');
  });

  test('says that there is no such image', async () => {
    await expect(plan({ image: `${repository}:2` })).rejects.toThrow(
      'no such image; check its name and tag: 404 MANIFEST_UNKNOWN: manifest unknown',
    );
  });

  test('leaves it to the job where the registry does not answer: by the tag, for everybody or for this pod alone', async () => {
    registry.fault = new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') });
    const byTag = { uri: `docker://${image}`, imageId: '', isVerified: false };
    expect(await plan()).toMatchObject({ ...byTag, key: expect.stringMatching(/^address-[0-9a-f]{64}$/) });
    expect(await plan({ policy: 'Always' })).toMatchObject({ ...byTag, key: '' });
    expect(await plan({ image: `${repository}@${other}` })).toMatchObject({
      key: other.replace(':', '-'),
      isVerified: false,
    });
  });

  test('asks once for many that want the same at the same time', async () => {
    await Promise.all(Array.from({ length: 20 }, async () => await plan({ policy: 'Always' })));
    expect(registry.asked.filter(({ url }) => url.endsWith('/token')).length).toBeLessThanOrEqual(1);
    expect(registry.asked).toHaveLength(3);
  });

  test('never shows a login to a place without TLS, unless the registry is one that the administrator names', async () => {
    const bearer = 'Bearer realm="http://evil.example.org/token"';
    const asked: string[] = [];
    const fetcher: typeof fetch = async (input) => {
      asked.push(String(input));
      return new Response(null, { status: 401, headers: { 'www-authenticate': bearer } });
    };
    const site = { prefix: 'docker://', allowedPaths: [], insecureRegistries: ['plain.example.org:5000'] };
    const wary = new ImagePlanner(cache, site, fetcher);
    const wish = { policy: 'Always', credentials: [alice], pod: { imageRoot: undefined } } as const;
    await expect(wary.plan({ ...wish, image })).rejects.toThrow('no place by TLS');
    expect(asked).toEqual(['https://reg.example.org/v2/team/app/manifests/1']);
    const plain = { ...alice, registry: 'plain.example.org:5000' };
    await expect(wary.plan({ ...wish, credentials: [plain], image: 'plain.example.org:5000/a:1' })).rejects.toThrow(
      '401',
    );
    expect(asked.slice(1).map((url) => new URL(url).host)).toEqual(['plain.example.org:5000', 'evil.example.org']);
  });

  test('finds the images of Docker Hub where they are', async () => {
    registry.images.set('library/busybox/manifests/1.36', { digest });
    expect(await plan({ image: 'busybox:1.36' })).toMatchObject({ imageId: `docker.io/library/busybox@${digest}` });
    expect(registry.asked[0]?.url).toBe('https://registry-1.docker.io/v2/library/busybox/manifests/1.36');
  });
});

describe('ImagePlanner.plan() of an image in the cache', () => {
  beforeEach(async () => {
    await cache.noteDigest(`${repository}:1`, digest);
  });

  test('asks nobody for what anybody may have', async () => {
    await putIntoCache('anybody');
    expect(await plan()).toMatchObject({ key: digest.replace(':', '-'), isVerified: false });
    expect(registry.asked).toEqual([]);
  });

  test('asks for a newer one with the policy Always', async () => {
    await putIntoCache('anybody');
    registry.images.set('team/app/manifests/1', { digest: other });
    expect(await plan({ policy: 'Always' })).toMatchObject({ key: other.replace(':', '-'), isVerified: true });
  });

  test('asks the registry whether a pod without the login may have what came by one, also after a restart', async () => {
    registry.images.set('team/app/manifests/1', { digest, password: 'secret' });
    const { accessKeys } = await plan({ credentials: [alice] });
    await putIntoCache(accessKeys[0] ?? '');
    registry.asked.length = 0;
    restart();
    expect(await plan({ credentials: [alice] })).toMatchObject({ isVerified: false });
    expect(registry.asked).toEqual([]);
    await expect(plan()).rejects.toThrow('wants a login');
  });

  test('leaves it to the job to find out when the registry does not answer: it is not verified', async () => {
    registry.images.set('team/app/manifests/1', { digest, password: 'secret' });
    const { accessKeys } = await plan({ credentials: [alice] });
    await putIntoCache(accessKeys[0] ?? '');
    registry.fault = new Error('away');
    expect(await plan()).toMatchObject({ isVerified: false, accessKeys: ['anybody'] });
  });

  test('asks nobody with the policy Never', async () => {
    expect(await plan({ policy: 'Never' })).toMatchObject({ key: digest.replace(':', '-'), isVerified: false });
    expect(registry.asked).toEqual([]);
  });

  test('keeps no login on disk', async () => {
    registry.images.set('team/app/manifests/1', { digest, password: 'secret' });
    await plan({ credentials: [alice], policy: 'Always' });
    const names = await readdir(cache.folder, { recursive: true });
    for (const name of names) {
      const text = await readFile(join(cache.folder, name), 'utf8').catch(() => '');
      expect(text).not.toMatch(/secret|alice/);
    }
  });
});
