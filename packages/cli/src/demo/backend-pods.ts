import { setTimeout as sleep } from 'node:timers/promises';
import { type KubeClient, pods } from '@interlink/kube';
import type { PodClient } from '@interlink/protocol';

const timeoutMs = 20_000;
const pollMs = 50;
const gracePeriodSeconds = 1;

/** Deletes every pod of the node, whoever made it: what was tried out goes with the demo. @returns false when there is no cluster any more */
export async function removePodsOf(client: KubeClient, node: string): Promise<boolean> {
  const found = await client.list(pods, {}, { fieldSelector: `spec.nodeName=${node}` }).catch(() => undefined);
  if (found === undefined) return false;
  await Promise.allSettled(
    found.items.map(async ({ metadata }) => {
      const path = { namespace: metadata?.namespace ?? 'default', name: metadata?.name ?? '' };
      await client.delete(pods, path, { gracePeriodSeconds });
    }),
  );
  return true;
}

/** Waits until the backend holds no pod of the node any more: what a deleted pod leaves there goes a moment after it. */
export async function waitUntilBackendIsEmpty(backend: PodClient): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while ((await backend.listPods()).length > 0 && performance.now() < deadline) await sleep(pollMs);
}

/** Ends what the backend still holds of the node, without a virtual kubelet. */
export async function removeFromBackend(backend: PodClient): Promise<void> {
  const left = await backend.listPods();
  await Promise.allSettled(left.map(async ({ uid }) => await backend.deletePod(uid, gracePeriodSeconds)));
  await waitUntilBackendIsEmpty(backend);
}
