import { describe, expect, inject, test } from 'vitest';
import { ON_DEMAND_TIMEOUT_MS } from '../../testbed/index.ts';
import { findFreePorts } from '../../testbed/process/free-ports.ts';
import { Guide } from '../drivers/guide.ts';
import { cannotWalk, guideOptions } from '../drivers/guide-options.ts';

const testbed = inject('testbed');

describe.skipIf(cannotWalk(testbed))('docs/guides/edge-node.md', { timeout: ON_DEMAND_TIMEOUT_MS }, () => {
  test('ends in a pod that has run at the site, over TLS and by a token', async () => {
    await Guide.walk(await guideOptions(testbed, 'edge-node'), async (guide) => {
      const [port] = await findFreePorts(1);
      guide.names.set('site.example', 'localhost').set('InterlinkPort: 3000', `InterlinkPort: ${port}`);
      const [site, cluster] = [await guide.machine('site'), await guide.machine('cluster')];
      site.start(await guide.commands('At the site'));
      for (const name of ['tls.crt', 'vk.token']) {
        await cluster.write(`interlink-vk/${name}`, await site.read(`interlink/${name}`));
      }
      cluster.start(await guide.commands('At the cluster’s end'));
      expect(await guide.administer('A pod')).toMatch(/hello from a virtual node\nbye\n$/);
    });
  });
});
