import { describe, expect } from 'vitest';
import { waitFor } from '../testbed/index.ts';
import { pod, shell } from './drivers/pods.ts';
import { inventoryOf, numbered, waitForAll } from './drivers/running-pods.ts';
import { cannotRun, siteTest } from './drivers/site-test.ts';

const test = siteTest('many');
const names = numbered('pod', 50);

describe.skipIf(cannotRun)('50 pods created at once', () => {
  test('all run, once each, and all are deleted at once', async ({ site, namespace, engine }) => {
    const containers = [shell('main', 'echo "I am $HOSTNAME"; sleep 1')];
    await namespace.apply(...names.map((name) => pod(site.nodeName, name, { containers })));

    const ended = await waitForAll(namespace, names, 'Succeeded', { timeoutMs: 120_000, intervalMs: 1_000 });
    expect(await engine.inventory(site.nodeName)).toEqual(inventoryOf(ended));
    for (const name of ['pod-0', 'pod-49']) expect(await namespace.run('logs', name)).toBe(`I am ${name}\n`);

    await namespace.run('delete', 'pods', '--all', '--timeout=50s');
    const isEmpty = async () => (await engine.ofNode(site.nodeName)).length === 0;
    await waitFor('nothing to be left at the engine', isEmpty, { timeoutMs: 60_000, intervalMs: 500 });
  });
});
