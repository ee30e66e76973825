import { setTimeout as sleep } from 'node:timers/promises';
import { type KubeClient, namespaces } from '@interlink/kube';
import { HttpTarget, PodClient } from '@interlink/protocol';

const timeoutMs = 20_000;
const pollMs = 50;

/** Waits until the backend holds no pod of the node any more: what a deleted pod leaves there goes a moment after it. */
export async function waitUntilBackendIsEmpty(url: string, client: KubeClient, node: string): Promise<void> {
  const { metadata } = await client.get(namespaces, { name: 'kube-system' });
  const target = new HttpTarget({ url });
  const pods = new PodClient(target, { cluster: metadata?.uid ?? '', node });
  const deadline = performance.now() + timeoutMs;
  try {
    while ((await pods.listPods()).length > 0 && performance.now() < deadline) await sleep(pollMs);
  } finally {
    await target.close();
  }
}
