import { setTimeout as sleep } from 'node:timers/promises';
import { type KubeClient, namespaces, pods } from '@interlink/kube';
import { HttpTarget, PodClient } from '@interlink/protocol';

const timeoutMs = 20_000;
const pollMs = 50;

/** Deletes every pod of the node, whoever made it: what was tried out goes with the demo. */
export async function removePodsOf(client: KubeClient, node: string): Promise<void> {
  const { items } = await client.list(pods, {}, { fieldSelector: `spec.nodeName=${node}` });
  await Promise.allSettled(
    items.map(async ({ metadata }) => {
      const path = { namespace: metadata?.namespace ?? 'default', name: metadata?.name ?? '' };
      await client.delete(pods, path, { gracePeriodSeconds: 1 });
    }),
  );
}

/** Waits until the backend holds no pod of the node any more: what a deleted pod leaves there goes a moment after it. */
export async function waitUntilBackendIsEmpty(url: string, client: KubeClient, node: string): Promise<void> {
  const { metadata } = await client.get(namespaces, { name: 'kube-system' });
  const target = new HttpTarget({ url });
  const backend = new PodClient(target, { cluster: metadata?.uid ?? '', node });
  const deadline = performance.now() + timeoutMs;
  try {
    while ((await backend.listPods()).length > 0 && performance.now() < deadline) await sleep(pollMs);
  } finally {
    await target.close();
  }
}
