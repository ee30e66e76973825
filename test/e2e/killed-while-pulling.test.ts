import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, inject } from 'vitest';
import { startRegistry, TestImages, waitFor } from '../testbed/index.ts';
import { startRegistryGate } from '../testbed/registry/gate.ts';
import { pod, shell } from './drivers/pods.ts';
import { cannotRun, siteTest } from './drivers/site-test.ts';
import { partsOf } from './drivers/testbed-parts.ts';

const testbed = inject('testbed');
/** The first start builds the registry. */
const timeout = 1_200_000;

const test = siteTest('killed-pulling').extend('gate', { scope: 'file' }, async ({ engine: _first }, { onCleanup }) => {
  await using cleanUp = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'e2e-killed-pulling-'));
  cleanUp.defer(async () => await rm(directory, { recursive: true, force: true }));
  const registry = await startRegistry({ directory, hasPassword: false, signal: new AbortController().signal });
  cleanUp.defer(async () => await registry.stop());
  const gate = await startRegistryGate(registry.address);
  cleanUp.defer(async () => await gate.stop());
  await new TestImages(partsOf(testbed).docker.socket).publish(`${registry.address}/slow:1`);
  const all = cleanUp.move();
  onCleanup(async () => await all.disposeAsync());
  return gate;
});

describe.skipIf(cannotRun)('kill -9 of the Docker sidecar', { timeout }, () => {
  test('while it pulls an image: the next one pulls it, and the pod runs once', async ({
    site,
    namespace,
    engine,
    gate,
  }) => {
    const image = `${gate.address}/slow:1`;
    await namespace.apply(pod(site.nodeName, 'pulls', { containers: [shell('main', 'echo ran', { image })] }));
    await namespace.waitForEvent('pulls', 'Pulling', new RegExp(`^Pulling image "${image}"`));
    await waitFor('the engine to ask for it', () => gate.waiting > 0);
    const asked = gate.waiting;
    await site.sidecar.kill();
    await site.sidecar.start('listening');
    await waitFor('the engine to ask once more', () => gate.waiting > asked);
    gate.open();

    const { metadata, status } = await namespace.waitForPhase('pulls', 'Succeeded');
    expect(status?.containerStatuses?.[0]?.restartCount).toBe(0);
    expect(await namespace.run('logs', 'pulls')).toBe('ran\n');
    const all = await engine.declaredContainersOf(metadata?.uid ?? '');
    expect(all.filter(({ Labels }) => Labels['interlink.eu/container'] === 'main')).toHaveLength(1);
    await new TestImages(partsOf(testbed).docker.socket).remove(image);
  });
});
