import {
  isForbidden,
  type KubeClient,
  NamespacedReflector,
  type Pod,
  Reflector,
  type Service,
  services,
} from '@interlink/kube';
import type { Logger } from '@interlink/service-kit';
import { serviceEnv } from './service-env.ts';

export interface ServiceLinksOptions {
  readonly client: Pick<KubeClient, 'list' | 'watch'>;
  readonly logger: Logger;
  /** The only ones whose pods are told; default: all. */
  readonly namespaces?: readonly string[] | undefined;
}

/**
 * Knows the cluster's services from one watch, and what a new pod is to be told of them. Where they may not be read, pods go without: a
 * role that leaves them out must not keep pods from running.
 */
export class ServiceLinks {
  readonly #reflectors: ReadonlyArray<{ run(signal: AbortSignal): Promise<void>; readonly synced: Promise<void> }>;
  readonly #byNamespace = new Map<string, Map<string, Service>>();
  readonly #known = Promise.withResolvers<void>();
  #isKnown = false;

  constructor({ client, logger, namespaces }: ServiceLinksOptions) {
    const options = {
      client,
      type: services,
      onAdd: (service: Service) => this.#set(service),
      onUpdate: (_before: Service, service: Service) => this.#set(service),
      onDelete: (service: Service) => {
        this.#byNamespace.get(namespaceOf(service))?.delete(service.metadata?.name ?? '');
      },
      onTrouble: (err: Error) => {
        if (!isForbidden(err)) return;
        logger.warn({ err }, 'services may not be read: pods get no variables that tell where they are');
        this.#setKnown();
      },
    };
    const all = new NamespacedReflector<Service>({ ...options, namespaces });
    // All pods are told of this one, wherever they are.
    const path = { namespace: 'default' };
    const apiServer = new Reflector<Service>({ ...options, path, fieldSelector: 'metadata.name=kubernetes' });
    this.#reflectors = namespaces === undefined || namespaces.includes('default') ? [all] : [all, apiServer];
  }

  async run(signal: AbortSignal): Promise<void> {
    void Promise.all(this.#reflectors.map(({ synced }) => synced)).then(() => this.#setKnown());
    await Promise.all(this.#reflectors.map((reflector) => reflector.run(signal)));
  }

  /**
   * The variables for the pod's containers: of the API server always, of its namespace's other services unless it says
   * `enableServiceLinks: false`. Waits until the services are known: a pod that starts without them never gets them.
   */
  async envOf({ metadata, spec }: Pod, signal: AbortSignal): Promise<Map<string, string>> {
    if (!this.#isKnown) await this.#wait(signal);
    const linked = new Map(spec?.enableServiceLinks === false ? [] : this.#byNamespace.get(metadata?.namespace ?? ''));
    const kubernetes = this.#byNamespace.get('default')?.get('kubernetes');
    if (kubernetes !== undefined) linked.set('kubernetes', kubernetes);
    return serviceEnv([...linked.values()].sort(byName));
  }

  #setKnown(): void {
    this.#isKnown = true;
    this.#known.resolve();
  }

  async #wait(signal: AbortSignal): Promise<void> {
    const leaving = Promise.withResolvers<never>();
    const onAbort = () => leaving.reject(signal.reason);
    signal.addEventListener('abort', onAbort);
    try {
      signal.throwIfAborted();
      await Promise.race([this.#known.promise, leaving.promise]);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  #set(service: Service): void {
    const namespace = namespaceOf(service);
    const known = this.#byNamespace.get(namespace) ?? new Map<string, Service>();
    this.#byNamespace.set(namespace, known.set(service.metadata?.name ?? '', service));
  }
}

function namespaceOf({ metadata }: Service): string {
  return metadata?.namespace ?? '';
}

function byName(a: Service, b: Service): number {
  return (a.metadata?.name ?? '') < (b.metadata?.name ?? '') ? -1 : 1;
}
