import { describe, expect, test } from 'vitest';
import { ResolveError, resolvePod } from './resolve-pod.ts';
import { resolveUpdate } from './resolve-update.ts';
import { FakeObjects, NODE } from './testing/fake-objects.ts';
import { somePod } from './testing/pods.ts';

const signal = new AbortController().signal;
const login = { username: 'alice', password: 'open sesame' };
const whole = 'kubernetes.io/dockerconfigjson';

function objectsWithSecrets(): FakeObjects {
  return new FakeObjects()
    .addSecret('new', { '.dockerconfigjson': JSON.stringify({ auths: { 'new.example.org': login } }) }, whole)
    .addSecret('old', { '.dockercfg': JSON.stringify({ 'old.example.org': login }) }, 'kubernetes.io/dockercfg');
}

const podWith = (...names: string[]) => somePod({}, { imagePullSecrets: names.map((name) => ({ name })) });

describe('resolvePod() with imagePullSecrets', () => {
  test('hands over the credentials of both types of Secrets, in order, and nothing else of them', async () => {
    const objects = objectsWithSecrets();
    const { request, notices } = await resolvePod(podWith('old', 'new', ''), { objects, node: NODE, signal });
    expect(request.registryCredentials).toEqual([
      { registry: 'old.example.org', ...login },
      { registry: 'new.example.org', ...login },
    ]);
    expect(notices).toEqual([]);
    expect(objects.reads).toEqual(['secrets/old', 'secrets/new']);
  });

  test('goes on without those that are missing, and tells of all of them at once', async () => {
    const options = { objects: objectsWithSecrets(), node: NODE, signal };
    const { request, notices } = await resolvePod(podWith('a', 'new', 'b'), options);
    expect(request.registryCredentials).toEqual([{ registry: 'new.example.org', ...login }]);
    const message = 'Unable to retrieve some image pull secrets (a, b); attempting to pull the image may not succeed.';
    expect(notices).toEqual([{ type: 'Warning', reason: 'FailedToRetrieveImagePullSecret', message }]);
  });

  test.each([
    ['Opaque', '.dockerconfigjson', '{}', 'its type is Opaque'],
    [whole, 'other', '{}', 'it has no key .dockerconfigjson'],
    [whole, '.dockerconfigjson', 'hunter2', 'its .dockerconfigjson is not what'],
  ])('goes on without a Secret of type %s with %s: %s, and tells why', async (type, key, value, why) => {
    const objects = new FakeObjects().addSecret('bad', { [key]: value }, type);
    const { request, notices } = await resolvePod(podWith('bad'), { objects, node: NODE, signal });
    expect(request).not.toHaveProperty('registryCredentials');
    expect(notices).toMatchObject([{ message: expect.stringContaining(`"bad": ${why}`) }]);
    expect(JSON.stringify(notices)).not.toContain('hunter2');
  });

  test('does not go on when one can’t be read: its pulls would fail', async () => {
    const objects = objectsWithSecrets();
    objects.forbidden.add('new');
    const resolving = resolvePod(podWith('new'), { objects, node: NODE, signal });
    await expect(resolving).rejects.toBeInstanceOf(ResolveError);
    await expect(resolving).rejects.toMatchObject({ isPassing: true, reason: 'ContainerCreating' });
  });

  test('a pod without any asks for none', async () => {
    const objects = objectsWithSecrets();
    const { request } = await resolvePod(somePod(), { objects, node: NODE, signal });
    expect(request).not.toHaveProperty('registryCredentials');
    expect(objects.reads).toEqual([]);
  });
});

describe('resolveUpdate() with imagePullSecrets', () => {
  test('hands over the credentials as they are now', async () => {
    const options = { objects: objectsWithSecrets(), node: NODE, signal };
    const { update, notices } = await resolveUpdate(podWith('new', 'gone'), () => false, options);
    expect(update.registryCredentials).toEqual([{ registry: 'new.example.org', ...login }]);
    expect(notices).toMatchObject([{ reason: 'FailedToRetrieveImagePullSecret' }]);
  });

  test('fails for now when one can’t be read', async () => {
    const objects = objectsWithSecrets();
    objects.forbidden.add('new');
    const resolving = resolveUpdate(podWith('new'), () => false, { objects, node: NODE, signal });
    await expect(resolving).rejects.toMatchObject({ code: 'unavailable' });
  });
});
