import { type KubeClient, namespaces } from '@interlink/kube';
import { InterLinkError } from '@interlink/protocol';
import type { Logger } from '@interlink/service-kit';

/** The UID of kube-system: what every cluster has and no two clusters share. */
export async function clusterId(client: KubeClient, logger: Logger, signal: AbortSignal): Promise<string> {
  for (let waitMs = 200; ; waitMs = Math.min(waitMs * 2, 5_000)) {
    try {
      const { metadata } = await client.get(namespaces, { name: 'kube-system' }, { signal });
      return metadata?.uid ?? 'unknown';
    } catch (error) {
      if (signal.aborted) throw startupFailure(signal, error);
      logger.warn({ err: error }, 'cannot read the namespace kube-system yet');
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      if (signal.aborted) throw startupFailure(signal, error);
    }
  }
}

function startupFailure(signal: AbortSignal, last: unknown): InterLinkError {
  const { message } = InterLinkError.from(last);
  return new InterLinkError('deadline_exceeded', `${InterLinkError.from(signal.reason).message}: ${message}`);
}
