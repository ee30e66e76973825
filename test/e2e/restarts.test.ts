import { describe, expect } from 'vitest';
import { waitFor } from '../testbed/index.ts';
import type { Site } from '../testbed/site/site.ts';
import type { SitePart } from '../testbed/site/site-part.ts';
import { pod, shell, untilTerm } from './drivers/pods.ts';
import { endByThemselves, inventoryOf, numbered, waitForAll } from './drivers/running-pods.ts';
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

const steady = numbered('steady', 3);
const ending = numbered('ending', 2);
const old = numbered('old', 3);
const young = numbered('young', 6);

describe.skipIf(cannotRun)('kill -9 and restart', () => {
  // steady pods run throughout, ending ones end while nobody looks, old ones are being deleted, young ones being created.
  test.for(victims)(
    'of $name loses no pod, doubles none and leaves none stuck',
    async ({ partsOf }, { site, namespace, engine }) => {
      const manifest = (name: string) => pod(site.nodeName, name, { containers: [shell('main', untilTerm)] });
      await namespace.apply(...[...steady, ...ending, ...old].map(manifest));
      const before = await waitForAll(namespace, [...steady, ...ending, ...old], 'Running');
      const named = (names: ReadonlyArray<string>) =>
        before.filter(({ metadata }) => names.includes(metadata?.name ?? ''));

      await Promise.all([
        namespace.apply(...young.map(manifest)),
        namespace.run('delete', 'pods', ...old, '--wait=false'),
      ]);
      await waitFor(
        'the first young pod at the engine',
        async () => {
          const containers = await engine.ofNode(site.nodeName);
          return containers.some(({ Labels }) => Labels['interlink.eu/pod-name']?.startsWith('young'));
        },
        { intervalMs: 20 },
      );
      const parts = partsOf(site);
      await Promise.all(parts.map((part) => part.kill()));
      await endByThemselves(named(ending), engine);
      await Promise.all(parts.map((part) => part.start(part === site.vk ? 'backend within reach' : 'listening')));

      await waitForAll(namespace, ending, 'Succeeded');
      const running = await waitForAll(namespace, [...steady, ...young], 'Running');
      await Promise.all(old.map((name) => namespace.waitUntilGone(name)));

      const after = await namespace.pods();
      expect(inventoryOf(after)).toEqual(expect.arrayContaining(inventoryOf(named([...steady, ...ending]))));
      expect(
        running.flatMap(({ status }) => status?.containerStatuses?.map(({ restartCount }) => restartCount)),
      ).toEqual(running.map(() => 0));
      await waitFor('these pods and no others at the engine', async () => {
        expect(await engine.inventory(site.nodeName)).toEqual(inventoryOf(after));
        return true;
      });
      await namespace.run('delete', 'pods', '--all');
      await waitFor('nothing to be left at the engine', async () => (await engine.ofNode(site.nodeName)).length === 0);
    },
  );
});
