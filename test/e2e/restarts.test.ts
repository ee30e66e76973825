import { describe, expect } from 'vitest';
import { waitFor } from '../testbed/index.ts';
import type { Site } from '../testbed/site/site.ts';
import type { SitePart } from '../testbed/site/site-part.ts';
import type { EngineView } from './drivers/engine.ts';
import { pod, shell, untilTerm } from './drivers/pods.ts';
import { inventoryOf, numbered, waitForAll } from './drivers/running-pods.ts';
import { cannotRun, siteTest } from './drivers/site-test.ts';

const test = siteTest('restarts');

interface Victim {
  readonly name: string;
  partsOf(site: Site): ReadonlyArray<SitePart>;
}
const victims: ReadonlyArray<Victim> = [
  { name: 'the virtual kubelet', partsOf: ({ vk }) => [vk] },
  { name: 'InterLink', partsOf: ({ interlink }) => [interlink] },
  { name: 'the sidecar', partsOf: ({ sidecar }) => [sidecar] },
  { name: 'all three', partsOf: ({ parts }) => parts },
];

const kill = async (parts: ReadonlyArray<SitePart>) => await Promise.all(parts.map((part) => part.kill()));
const start = async (parts: ReadonlyArray<SitePart>, { vk }: Site) =>
  await Promise.all(parts.map((part) => part.start(part === vk ? 'backend within reach' : 'listening')));

describe.skipIf(cannotRun)('kill -9 and restart', () => {
  test.for(victims)(
    'of $name: running pods run on, ended ones are seen to have ended',
    async ({ partsOf }, { site, namespace, engine }) => {
      const [steady, ending] = [numbered('steady', 3), numbered('ending', 2)];
      const endsSoon = shell('main', 'sleep 4; echo over');
      await namespace.apply(
        ...steady.map((name) => pod(site.nodeName, name, { containers: [shell('main', untilTerm)] })),
        ...ending.map((name) => pod(site.nodeName, name, { containers: [endsSoon] })),
      );
      const before = await waitForAll(namespace, [...steady, ...ending], 'Running', { intervalMs: 200 });

      const parts = partsOf(site);
      await kill(parts);
      await waitFor('two containers to end meanwhile', async () => (await exited(engine, site.nodeName)).length === 2);
      await start(parts, site);

      await waitForAll(namespace, ending, 'Succeeded');
      const after = await namespace.pods();
      const stillRunning = after.filter(({ status }) => status?.phase === 'Running');
      expect(stillRunning.map(({ metadata }) => metadata?.name).sort()).toEqual(steady);
      expect(inventoryOf(after)).toEqual(inventoryOf(before));
      expect(await engine.inventory(site.nodeName)).toEqual(inventoryOf(before));
      expect(await namespace.run('logs', 'ending-0')).toBe('over\n');
      await namespace.run('delete', 'pods', '--all');
      await waitForNothing(engine, site.nodeName);
    },
  );

  test.for(victims)(
    'of $name amid creation and deletion: none lost, none doubled',
    async ({ partsOf }, { site, namespace, engine }) => {
      const [old, young] = [numbered('old', 4), numbered('young', 6)];
      const containers = [shell('main', untilTerm)];
      const manifests = (names: ReadonlyArray<string>) => names.map((name) => pod(site.nodeName, name, { containers }));
      await namespace.apply(...manifests(old));
      await waitForAll(namespace, old, 'Running');

      await Promise.all([
        namespace.apply(...manifests(young)),
        namespace.run('delete', 'pods', ...old, '--wait=false'),
      ]);
      await waitFor('the first young pod at the engine', async () => await hasPod(engine, site.nodeName, 'young'), {
        intervalMs: 20,
      });
      const parts = partsOf(site);
      await kill(parts);
      await start(parts, site);

      const running = await waitForAll(namespace, young, 'Running');
      await Promise.all(old.map((name) => namespace.waitUntilGone(name)));
      await waitFor('exactly the young pods to be at the engine', async () => {
        expect(await engine.inventory(site.nodeName)).toEqual(inventoryOf(running));
        return true;
      });
      expect(inventoryOf(await namespace.pods())).toEqual(inventoryOf(running));
      await namespace.run('delete', 'pods', '--all');
      await waitForNothing(engine, site.nodeName);
    },
  );
});

async function exited(engine: EngineView, nodeName: string) {
  return (await engine.ofNode(nodeName)).filter(({ State }) => State === 'exited');
}

async function hasPod(engine: EngineView, nodeName: string, prefix: string): Promise<boolean> {
  const containers = await engine.ofNode(nodeName);
  return containers.some(({ Labels }) => Labels['interlink.eu/pod-name']?.startsWith(prefix));
}

async function waitForNothing(engine: EngineView, nodeName: string): Promise<void> {
  await waitFor('nothing to be left at the engine', async () => (await engine.ofNode(nodeName)).length === 0);
}
