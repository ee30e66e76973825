import type { Container } from '@interlink/kube';
import { describe, expect } from 'vitest';
import { registryAccounts, TestImages } from '../../testbed/index.ts';
import type { Namespace } from '../drivers/namespace.ts';
import { pod, shell } from '../drivers/pods.ts';
import { cannotRun, slurmTest } from './drivers/slurm-test.ts';

const test = slurmTest('images', { env: { LOGLEVEL: 'debug' }, config: { LogLevel: 'debug' } });
const patient = { timeoutMs: 120_000 };
const { alice } = registryAccounts;

function running(image: string, imagePullPolicy: Container['imagePullPolicy'] = 'IfNotPresent') {
  return { containers: [shell('main', 'echo ran', { image, imagePullPolicy })] };
}

async function createSecret(namespace: Namespace, registry: string, password: string): Promise<void> {
  const login = [`--docker-username=${alice.username}`, `--docker-password=${password}`];
  await namespace.run('create', 'secret', 'docker-registry', 'login', `--docker-server=${registry}`, ...login);
}

describe.skipIf(cannotRun)('images of pods on Slurm', { concurrent: true }, () => {
  test('are pulled when they appear, and the registry’s message is on the pod until then', async ({
    site,
    namespace,
    cluster,
  }) => {
    const image = `docker://${cluster.registries.open}/late:1`;
    await namespace.apply(pod(site.nodeName, 'late', running(image)));
    await namespace.waitForEvent('late', 'Failed', /^Failed to pull image ".*late:1": .*late/, patient);
    const message = await namespace.waitForWaiting('late', 'main', /^ImagePullBackOff$/, patient);
    expect(message).toContain(`Back-off pulling image "${image}": ErrImagePull: `);
    const images = new TestImages(cluster.socket);
    await images.publish(`${cluster.registries.open}/late:1`);
    const { status } = await namespace.waitForPhase('late', 'Succeeded', patient);
    expect(status?.containerStatuses?.[0]?.imageID).toMatch(/\/late@sha256:[0-9a-f]{64}$/);
    await namespace.waitForEvent('late', 'Pulled', /^Successfully pulled image .* Image size: \d+ bytes\.$/);
  });

  test('with a login are for pods with its Secret alone, and the login stays secret', async ({
    site,
    namespace,
    cluster,
    slurm,
  }) => {
    const image = `docker://${cluster.registries.withPassword}/busybox:1.36`;
    await createSecret(namespace, cluster.registries.withPassword, alice.password);
    await namespace.apply(pod(site.nodeName, 'with', { ...running(image), imagePullSecrets: [{ name: 'login' }] }));
    const found = await namespace.waitForPhase('with', 'Succeeded', patient);
    expect(await namespace.run('logs', 'with')).toBe('ran\n');

    // It is in the cluster's cache now.
    await namespace.apply(pod(site.nodeName, 'without', running(image)));
    const refusal = await namespace.waitForWaiting('without', 'main', /^(ErrImagePull|ImagePullBackOff)$/, patient);
    expect(refusal).toMatch(/login|auth|denied|unauthorized/i);

    const base64 = Buffer.from(`${alice.username}:${alice.password}`).toString('base64');
    const { id } = await slurm.jobOf(found);
    const script = await slurm.file(found, 'job.sh');
    const shown = await slurm.run('alice', 'scontrol', 'show', 'job', id);
    for (const text of [script, shown, ...site.parts.map((part) => part.log())]) {
      for (const secret of [alice.password, base64]) expect(text).not.toContain(secret);
    }
    await expect(slurm.file(found, 'auth.json')).rejects.toThrow(/ENOENT/);
  });

  test('are refused by a wrong login, in the registry’s words', async ({ site, namespace, cluster }) => {
    await createSecret(namespace, cluster.registries.withPassword, 'mistyped');
    const image = `docker://${cluster.registries.withPassword}/busybox:latest`;
    await namespace.apply(pod(site.nodeName, 'mistyped', { ...running(image), imagePullSecrets: [{ name: 'login' }] }));
    const refusal = await namespace.waitForWaiting('mistyped', 'main', /^(ErrImagePull|ImagePullBackOff)$/, patient);
    expect(refusal).toMatch(/imagePullSecrets|auth|denied|unauthorized/i);
  });

  test('that are no names, or not there and never to be pulled, are told of', async ({ site, namespace }) => {
    await namespace.apply(
      pod(site.nodeName, 'nameless', running('docker-daemon://busybox:1')),
      pod(site.nodeName, 'never', running('nowhere:1', 'Never')),
    );
    expect(await namespace.waitForWaiting('nameless', 'main', /^InvalidImageName$/, patient)).toMatch(
      /"docker-daemon:"/,
    );
    await namespace.waitForWaiting('never', 'main', /^ErrImageNeverPull$/, patient);
  });
});
