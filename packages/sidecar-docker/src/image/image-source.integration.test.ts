import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventText, RegistryCredential } from '@interlink/sidecar-sdk';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { type Registry, registryAccounts, startRegistry, TestImages } from '../../../../test/testbed/index.ts';
import { connect } from '../engine/connect.ts';
import { Engine } from '../engine/engine.ts';
import { ImageSource } from './image-source.ts';
import { toImageWish } from './pull-policy.ts';
import { PullRecords } from './pull-records.ts';

const { docker, controlPlane } = inject('testbed');
/** The registry is built by the Go that builds the control plane. */
const cannotRun = docker === undefined || controlPlane === undefined;
const { alice, bob } = registryAccounts;
type Policy = 'Always' | 'IfNotPresent' | 'Never';

describe.skipIf(cannotRun)(
  cannotRun ? 'ImageSource (skipped: no Docker Engine or no registry can run on this machine)' : 'ImageSource',
  () => {
    const images = new TestImages(docker?.socket ?? '');
    const ending = new AbortController();
    let directory = '';
    let root = '';
    let free: Registry;
    let locked: Registry;
    let engine: Engine;
    let source: ImageSource;
    let image = '';
    let number = 0;

    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'interlink-registries-'));
      const { signal } = ending;
      free = await startRegistry({ directory: join(directory, 'free'), hasPassword: false, signal });
      locked = await startRegistry({ directory: join(directory, 'locked'), hasPassword: true, signal });
      engine = new Engine(await connect({ DOCKER_HOST: docker?.host }));
    }, 1_200_000);
    afterAll(async () => {
      ending.abort();
      await Promise.all([free?.stop(), locked?.stop()]);
      await rm(directory, { recursive: true, force: true });
    });
    beforeEach(async () => {
      root = await mkdtemp(join(tmpdir(), 'interlink-docker-'));
      source = restarted();
      number += 1;
      image = `${locked.address}/team/app-${number}:1`;
    });
    afterEach(async () => {
      await images.remove(image);
      await rm(root, { recursive: true, force: true });
    });

    /** As after a restart of the sidecar. */
    const restarted = () => new ImageSource(engine, new PullRecords(root));
    const credentialsOf = (...accounts: Array<{ username: string; password: string }>): RegistryCredential[] =>
      accounts.map((account) => ({ registry: locked.address, ...account }));

    /** What becomes of a pod's wish: `id`, or a reason and a message; and the events. */
    async function get(credentials: RegistryCredential[], policy: Policy = 'IfNotPresent', wanted = image) {
      const told: EventText[] = [];
      const podUid = crypto.randomUUID();
      source.credentials.set(podUid, credentials);
      const wish = toImageWish({ name: 'main', image: wanted, imagePullPolicy: policy }, podUid);
      const outcome = await source
        .get(wish, (event) => void told.push(event), new AbortController().signal)
        .catch(({ reason, message }: { reason: string; message: string }) => ({ reason, message }));
      source.credentials.forget(podUid);
      return { ...outcome, told, reasons: told.map(({ reason }) => reason) };
    }

    test('pulls from a registry that lets everybody, and says what it pulled', async () => {
      image = `${free.address}/app:1`;
      await images.publish(image);
      const pulled = await get([]);
      expect(pulled).toMatchObject({ reasons: ['Pulling', 'Pulled'] });
      expect(pulled).toHaveProperty('imageId', expect.stringMatching(/^docker-pullable:\/\/127.*\/app@sha256:/));
      expect((await get([])).told[0]?.message).toContain('already present on machine');
      const digest = String((pulled as { imageId?: string }).imageId).replace('docker-pullable://', '');
      await images.remove(image);
      const byDigest = await get(
        [],
        'IfNotPresent',
        image.replace(':1', `:ignored${digest.slice(digest.indexOf('@'))}`),
      );
      expect(byDigest).toMatchObject({ reasons: ['Pulling', 'Pulled'], imageId: `docker-pullable://${digest}` });
      await images.remove(digest);
    });

    test('pulls with the pod’s login, after others of it were refused, and only then', async () => {
      await images.publish(image, alice);
      const without = await get([]);
      expect(without).toMatchObject({ reason: 'ErrImagePull', reasons: ['Pulling', 'Failed'] });
      expect(without).toHaveProperty('message', expect.stringContaining('the pod has no imagePullSecrets'));
      const elsewhere = await get([{ registry: 'reg.example.org', ...alice }]);
      expect(elsewhere).toHaveProperty('message', expect.stringContaining('imagePullSecrets is for it'));
      const wrong = await get(credentialsOf({ ...alice, password: 'wrong' }));
      expect(wrong).toHaveProperty('message', expect.stringContaining("does not let the pod's imagePullSecrets"));
      expect(await images.has(image)).toBe(false);
      const both = await get([...credentialsOf({ ...alice, password: 'wrong' }), ...credentialsOf(alice)]);
      expect(both).toMatchObject({ reasons: ['Pulling', 'Pulled'] });
    });

    test('hands an image that a login opened to those with that login, also after a restart', async () => {
      await images.publish(image, alice);
      await get(credentialsOf(alice));
      expect((await get(credentialsOf(alice))).reasons).toEqual(['Pulled']);
      source = restarted();
      expect((await get(credentialsOf(alice), 'Never')).reasons).toEqual(['Pulled']);
      expect(await get([])).toMatchObject({ reason: 'ErrImagePull' });
      const never = await get([], 'Never');
      expect(never).toMatchObject({ reason: 'ErrImageNeverPull', reasons: ['ErrImageNeverPull'] });
      const absent = await get([], 'Never', `${locked.address}/no-such:1`);
      expect(absent.told[0]?.message).toBe(never.told[0]?.message.replace(image, `${locked.address}/no-such:1`));
    });

    test('asks the registry for somebody else’s login once, and remembers the answer', async () => {
      await images.publish(image, alice);
      await get(credentialsOf(alice));
      expect(await get(credentialsOf({ ...bob, password: 'wrong' }))).toMatchObject({ reason: 'ErrImagePull' });
      expect((await get(credentialsOf(bob))).reasons).toEqual(['Pulling', 'Pulled']);
      expect((await get(credentialsOf(bob), 'Never')).reasons).toEqual(['Pulled']);
      expect((await get(credentialsOf(alice), 'Never')).reasons).toEqual(['Pulled']);
    });

    test('an image that was there before is free, whoever pulls it again', async () => {
      await images.make(image);
      await images.push(image, alice);
      expect((await get([], 'Never')).reasons).toEqual(['Pulled']);
      expect((await get(credentialsOf(alice), 'Always')).reasons).toEqual(['Pulling', 'Pulled']);
      expect((await get([], 'Never')).reasons).toEqual(['Pulled']);
    });

    test('tells apart what is not there and who can’t be reached', async () => {
      const missing = await get(credentialsOf(alice));
      expect(missing).toMatchObject({ reason: 'ErrImagePull' });
      expect(missing).toHaveProperty('message', expect.stringContaining('check its name and tag'));
      const down = await startRegistry({
        directory: join(directory, 'down'),
        hasPassword: false,
        signal: ending.signal,
      });
      await down.stop();
      const unreachable = await get([], 'IfNotPresent', `${down.address}/app:1`);
      expect(unreachable).toMatchObject({ reason: 'RegistryUnavailable', reasons: ['Pulling', 'Failed'] });
      expect(await get([], 'IfNotPresent', 'BAD')).toMatchObject({ reason: 'InvalidImageName' });
      expect((await readdir(join(root, '.images'))).filter((name) => name.endsWith('.pulling'))).toEqual([]);
    });

    test('many pods at once share a pull, and none gets what another’s login opened', async () => {
      await images.publish(image, alice);
      const wishes = Array.from(
        { length: 8 },
        async (_, index) => await get(index % 2 === 0 ? credentialsOf(alice) : []),
      );
      const outcomes = await Promise.all(wishes);
      for (const [index, outcome] of outcomes.entries()) {
        if (index % 2 === 0) expect(outcome).toHaveProperty('imageId');
        else expect(outcome).toMatchObject({ reason: 'ErrImagePull' });
      }
      const records = await Promise.all(
        (await readdir(join(root, '.images'))).map(async (name) => await readFile(join(root, '.images', name), 'utf8')),
      );
      expect(records.join()).not.toContain(alice.password);
    });
  },
);
