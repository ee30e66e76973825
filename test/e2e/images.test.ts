import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Container } from '@interlink/kube';
import { describe, expect, inject } from 'vitest';
import { registryAccounts, startRegistry, type TestbedData, TestImages } from '../testbed/index.ts';
import type { Namespace } from './drivers/namespace.ts';
import { pod, shell } from './drivers/pods.ts';
import { cannotRun, siteTest } from './drivers/site-test.ts';
import { partsOf } from './drivers/testbed-parts.ts';

const testbed: TestbedData = inject('testbed');
const { alice } = registryAccounts;
/** The first start builds the registry. */
const buildTimeoutMs = 1_200_000;
/** A pull is tried again after ten seconds, and after twenty. */
const afterBackOff = { timeoutMs: 60_000 };
/** What must not wait for the third try, which comes after half a minute. */
const soon = { timeoutMs: 15_000 };
const pulling = /^(ErrImagePull|ImagePullBackOff)$/;

const test = siteTest('images', { env: { LOGLEVEL: 'debug' } })
  .extend('images', { scope: 'file' }, () => new TestImages(partsOf(testbed).docker.socket))
  .extend('registries', { scope: 'file' }, async ({ images: _engineFirst }, { onCleanup }) => {
    const directory = await mkdtemp(join(tmpdir(), 'e2e-registries-'));
    const { signal } = new AbortController();
    const start = async (name: string, hasPassword: boolean) =>
      await startRegistry({ directory: join(directory, name), hasPassword, signal });
    const [free, locked] = [await start('free', false), await start('locked', true)];
    onCleanup(async () => {
      await Promise.all([free.stop(), locked.stop()]);
      await rm(directory, { recursive: true, force: true });
    });
    return { free: free.address, locked: locked.address };
  });

function running(image: string, imagePullPolicy: Container['imagePullPolicy'] = 'IfNotPresent') {
  return { containers: [shell('main', 'echo ran', { image, imagePullPolicy })] };
}

async function createSecret(
  namespace: Namespace,
  name: string,
  registry: string,
  password: string = alice.password,
): Promise<void> {
  const login = [`--docker-username=${alice.username}`, `--docker-password=${password}`];
  await namespace.run('create', 'secret', 'docker-registry', name, `--docker-server=${registry}`, ...login);
}

describe.skipIf(cannotRun)('images', { concurrent: true, timeout: buildTimeoutMs }, () => {
  test('are pulled when they appear, after a back-off', async ({ site, namespace, images, registries }) => {
    const image = `${registries.free}/late:1`;
    await namespace.apply(pod(site.nodeName, 'late', running(image)));
    await namespace.waitForEvent('late', 'Failed', /^Failed to pull image ".*late:1": registry .* has no image/);
    await namespace.waitForEvent('late', 'Failed', /^Error: ErrImagePull$/);
    const message = await namespace.waitForWaiting('late', 'main', /^ImagePullBackOff$/);
    expect(message).toContain(`Back-off pulling image "${image}": ErrImagePull: `);
    await namespace.waitForEvent('late', 'BackOff', /^Back-off pulling image/);

    await images.publish(image);
    const { status } = await namespace.waitForPhase('late', 'Succeeded', afterBackOff);
    expect(status?.containerStatuses?.[0]?.imageID).toMatch(/^docker-pullable:\/\/127\..*\/late@sha256:/);
    await namespace.waitForEvent('late', 'Pulled', /^Successfully pulled image .* Image size: \d+ bytes\.$/);
    await images.remove(image);
  });

  test('with a login are for pods with its Secret alone', async ({ site, namespace, images, registries }) => {
    const image = `${registries.locked}/private:1`;
    await images.publish(image, alice);
    await createSecret(namespace, 'login', registries.locked);
    const imagePullSecrets = [{ name: 'login' }];
    await namespace.apply(pod(site.nodeName, 'with', { ...running(image), imagePullSecrets }));
    await namespace.waitForPhase('with', 'Succeeded');
    expect(await namespace.run('logs', 'with')).toBe('ran\n');

    // It is on the machine now.
    expect(await images.has(image)).toBe(true);
    await namespace.apply(pod(site.nodeName, 'without', running(image)));
    const refusal = await namespace.waitForWaiting('without', 'main', pulling);
    expect(refusal).toMatch(/wants a login for image .*, and the pod has no imagePullSecrets/);
    await namespace.apply(pod(site.nodeName, 'never', running(image, 'Never')));
    await namespace.waitForWaiting('never', 'main', /^ErrImageNeverPull$/);
    await namespace.apply(pod(site.nodeName, 'with-never', { ...running(image, 'Never'), imagePullSecrets }));
    await namespace.waitForPhase('with-never', 'Succeeded');
    const base64 = Buffer.from(`${alice.username}:${alice.password}`).toString('base64');
    for (const part of site.parts)
      for (const secret of [alice.password, base64]) expect(part.log()).not.toContain(secret);
    await namespace.run('delete', 'pod', '--all');
    await images.remove(image);
  });

  test('are pulled by the Secrets of the service account', async ({ site, namespace, images, registries }) => {
    const image = `${registries.locked}/account:1`;
    await images.publish(image, alice);
    await createSecret(namespace, 'login', registries.locked);
    await namespace.run('patch', 'serviceaccount', 'default', '-p', '{"imagePullSecrets": [{"name": "login"}]}');
    await namespace.apply(pod(site.nodeName, 'account', running(image)));
    await namespace.waitForPhase('account', 'Succeeded');
    await images.remove(image);
  });

  test('are pulled when their Secret appears, and again when it is put right', async ({
    site,
    namespace,
    images,
    registries,
  }) => {
    const image = `${registries.locked}/patient:1`;
    await images.publish(image, alice);
    const imagePullSecrets = [{ name: 'login' }];
    await namespace.apply(pod(site.nodeName, 'patient', { ...running(image), imagePullSecrets }));
    await namespace.waitForEvent('patient', 'FailedToRetrieveImagePullSecret', /\(login\)/);
    await namespace.waitForWaiting('patient', 'main', pulling);
    await createSecret(namespace, 'login', registries.locked, 'mistyped');
    await namespace.waitForEvent('patient', 'Failed', /does not let the pod's imagePullSecrets have image/, soon);
    await namespace.run('delete', 'secret', 'login');
    await createSecret(namespace, 'login', registries.locked);
    await namespace.waitForPhase('patient', 'Succeeded', soon);
    await images.remove(image);
  });

  test('that everybody may have need no Secret, and a missing one is told of', async ({
    site,
    namespace,
    images,
    registries,
  }) => {
    const image = `${registries.free}/public:1`;
    await images.publish(image);
    const imagePullSecrets = [{ name: 'absent' }];
    await namespace.apply(pod(site.nodeName, 'public', { ...running(image), imagePullSecrets }));
    await namespace.waitForPhase('public', 'Succeeded');
    await namespace.waitForEvent('public', 'FailedToRetrieveImagePullSecret', /\(absent\); attempting to pull/);
    await images.remove(image);
  });
});
