import { type ClusterAccess, EventRecorder, KubeClient, type KubeClientOptions } from '@interlink/kube';
import type { Logger } from '@interlink/service-kit';
import { ServiceLinks } from './resolve/service-links.ts';

/** What all nodes of a process use. */
export interface SharedParts {
  readonly client: KubeClient;
  /** A connection of its own, so that leases never wait. */
  readonly leaseClient: KubeClient;
  readonly events: EventRecorder;
  readonly services: ServiceLinks;
}

export interface SharedPartsOptions {
  readonly access: ClusterAccess;
  readonly logger: Logger;
  /** The node that tells events, unless they say which. */
  readonly host: string;
  /** The only ones whose services are read; default: all. */
  readonly namespaces?: readonly string[] | undefined;
  readonly check?: KubeClientOptions['check'];
  readonly onRequest?: KubeClientOptions['onRequest'];
}

/** Makes the parts, has them at work while `use` runs, and winds them up. */
export async function withSharedParts(
  { access, logger, host, namespaces, check, onRequest }: SharedPartsOptions,
  signal: AbortSignal,
  use: (parts: SharedParts) => Promise<void>,
): Promise<void> {
  const client = new KubeClient(access, { userAgent: 'interlink-vk', connections: 64, check, onRequest });
  const leaseClient = new KubeClient(access, {
    userAgent: 'interlink-vk-lease',
    connections: 1,
    timeoutMs: 10_000,
    check,
    onRequest,
  });
  const onTrouble = (err: unknown) => logger.debug({ err }, 'event not written');
  const events = new EventRecorder({ client, component: 'kubelet', host, onTrouble });
  const services = new ServiceLinks({ client, logger, namespaces });
  const ended = new AbortController();
  const all = AbortSignal.any([signal, ended.signal]);
  const running = [events.run(all), services.run(all)];
  try {
    await use({ client, leaseClient, events, services });
  } finally {
    ended.abort();
    await Promise.allSettled(running);
    await Promise.allSettled([client.close(), leaseClient.close()]);
  }
}
