import type { KubeClient } from '@interlink/kube';
import { InterLinkError } from '@interlink/protocol';
import { type Logger, sleep } from '@interlink/service-kit';
import { isNodeIdentity } from './node-identity.ts';
import { mayLabelItself } from './node-restriction.ts';

export interface LearnIdentityOptions {
  readonly client: Pick<KubeClient, 'create'>;
  readonly name: string;
  readonly settings: { readonly labels: Readonly<Record<string, string>> };
  readonly logger: Logger;
}

const retryMs = 1_000;

/**
 * Whether NodeRestriction tells the node what it may be called. Asks until the API answers; labels that are left out then are told.
 * @throws InterLinkError when the identity is another node's; the signal's reason when it aborts
 */
export async function learnIdentity(
  { client, name, logger, settings }: LearnIdentityOptions,
  signal: AbortSignal,
): Promise<boolean> {
  for (;;) {
    try {
      const isRestricted = await isNodeIdentity(client, name, signal);
      const labels = isRestricted ? Object.keys(settings.labels).filter((key) => !mayLabelItself(key)) : [];
      if (labels.length > 0)
        logger.warn({ labels }, 'labels that NodeRestriction lets no node give itself are left out');
      return isRestricted;
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof InterLinkError) throw error;
      logger.warn({ err: error }, 'the Kubernetes API does not say yet who this is');
      await sleep(retryMs, signal);
    }
  }
}
