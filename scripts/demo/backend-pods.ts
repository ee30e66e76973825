import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { HttpTarget, PodClient } from '@interlink/protocol';
import type { Site } from '../../test/testbed/site/site.ts';

const timeoutMs = 20_000;
const pollMs = 100;

/** Waits until the backend holds no pod of the site's node any more: what a deleted pod leaves there goes a moment after it. */
export async function waitUntilBackendIsEmpty(site: Site, cluster: string): Promise<void> {
  const target = new HttpTarget({
    url: site.interlinkUrl,
    token: async () => (await readFile(site.tokenFile, 'utf8')).trim(),
  });
  const client = new PodClient(target, { cluster, node: site.nodeName });
  const deadline = performance.now() + timeoutMs;
  try {
    while ((await client.listPods()).length > 0 && performance.now() < deadline) await sleep(pollMs);
  } finally {
    await target.close();
  }
}
