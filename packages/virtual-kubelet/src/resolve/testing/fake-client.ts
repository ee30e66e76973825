import {
  type KubeClient,
  type KubeList,
  type KubeObject,
  KubeStatusError,
  type ListOptions,
  type ObjectPath,
  type ResourceType,
  type WatchEvent,
  type WatchOptions,
} from '@interlink/kube';

type Answer = (KubeObject & { data?: object }) | Error;

/** A client by hand: tests answer its requests and send its watches' events. */
export class FakeClient {
  readonly requests: string[] = [];
  readonly created: object[] = [];
  /** What GET gives, by `resource/namespace/name`; else 404. A promise holds the answer back. */
  readonly answers = new Map<string, Answer | Promise<Answer>>();
  readonly signals: AbortSignal[] = [];
  /** What lists give, by field selector. */
  readonly lists = new Map<string, KubeObject[]>();
  /** Watches that are open, by field selector. */
  readonly watches = new Map<string, (event: WatchEvent<KubeObject>) => void>();

  /** As the client it stands for; it knows only what the reader and the watches ask for. */
  asClient(): Pick<KubeClient, 'get' | 'create' | 'list' | 'watch'> {
    return this as unknown as Pick<KubeClient, 'get' | 'create' | 'list' | 'watch'>;
  }

  async get(
    type: ResourceType<KubeObject>,
    path: ObjectPath,
    { signal }: { signal: AbortSignal },
  ): Promise<KubeObject> {
    const key = `${type.resource}/${path.namespace}/${path.name}`;
    this.requests.push(key);
    this.signals.push(signal);
    const answer = await (this.answers.get(key) ?? notFound(key));
    if (answer instanceof Error) throw answer;
    return answer;
  }

  async create(type: ResourceType<KubeObject>, path: ObjectPath, object: object): Promise<object> {
    this.requests.push(`${type.resource}/${path.namespace}/${path.name}/${path.subresource}`);
    this.created.push(object);
    return { ...object, status: { token: 'the-token' } };
  }

  async list(
    type: ResourceType<KubeObject>,
    path: ObjectPath,
    { fieldSelector = '' }: ListOptions,
  ): Promise<KubeList<KubeObject>> {
    this.requests.push(`list ${type.resource}/${path.namespace} ${fieldSelector}`);
    return { metadata: { resourceVersion: '1' }, items: this.lists.get(fieldSelector) ?? [] };
  }

  async *watch(
    _type: ResourceType<KubeObject>,
    _path: ObjectPath,
    { fieldSelector = '', signal }: WatchOptions & { signal: AbortSignal },
  ): AsyncGenerator<WatchEvent<KubeObject>> {
    const events: WatchEvent<KubeObject>[] = [];
    let wake: () => void = () => undefined;
    this.watches.set(fieldSelector, (event) => {
      events.push(event);
      wake();
    });
    try {
      while (!signal.aborted) {
        const event = events.shift();
        if (event !== undefined) yield event;
        else {
          await new Promise<void>((resolve) => {
            wake = resolve;
            signal.addEventListener('abort', () => resolve(), { once: true });
          });
        }
      }
      throw signal.reason;
    } finally {
      this.watches.delete(fieldSelector);
    }
  }
}

function notFound(key: string): KubeStatusError {
  return new KubeStatusError(`GET ${key}`, 404, { kind: 'Status', code: 404, reason: 'NotFound' });
}

/** Lets every promise that can settle do so. */
export async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
