import {
  type DeleteOptions,
  type KubeClient,
  type KubeList,
  type KubeObject,
  KubeStatusError,
  type ListOptions,
  type ObjectPath,
  type PatchOptions,
  type ResourceType,
  type Status,
  type WatchEvent,
  type WatchOptions,
} from '@interlink/kube';
import { type Json, mergeStrategically } from './strategic-merge.ts';

interface Stored extends KubeObject {
  spec?: Json;
  status?: Json;
}
type Type = ResourceType<KubeObject>;
type Watcher = { readonly resource: string; readonly fieldSelector: string; push(event: WatchEvent<KubeObject>): void };

/**
 * The Kubernetes API in memory, as far as a virtual kubelet needs it: objects of any kind with UIDs and resource versions, lists and
 * watches by field selector, status patches with their UID precondition, deletion with grace and finalizers.
 */
export class FakeCluster {
  /** Every request as `VERB resource/namespace/name/subresource`, in order. */
  readonly requests: string[] = [];
  /** The bodies of PATCH requests, in order. */
  readonly patches: Json[] = [];
  /** Asked before each request: what it returns is thrown. */
  refuse: (request: string) => Error | undefined = () => undefined;
  /** Called between the server's work on a PATCH and its answer. */
  beforePatchAnswer: () => Promise<void> = async () => undefined;
  /** What changes now is told to no watch. */
  isWatchMuted = false;
  readonly #objects = new Map<string, Stored>();
  readonly #watchers = new Set<Watcher>();
  #version = 100;

  asClient(): KubeClient {
    return this as unknown as KubeClient;
  }

  /** Requests that begin with this, since the last {@link forgetRequests}. */
  requestsOf(prefix: string): string[] {
    return this.requests.filter((request) => request.startsWith(prefix));
  }

  forgetRequests(): void {
    this.requests.length = 0;
    this.patches.length = 0;
  }

  /** The object as it is now. */
  find<T extends KubeObject>(type: ResourceType<T>, path: ObjectPath): T | undefined {
    return this.#objects.get(keyOf(type, path)) as T | undefined;
  }

  /** Somebody creates or replaces the object. */
  put<T extends KubeObject>(type: ResourceType<T>, object: T): void {
    this.#store(type, object as Stored);
  }

  /** Somebody deletes the object: with a grace period it stays, marked. */
  userDeletes(type: Type, path: ObjectPath, graceSeconds: number): void {
    const object = this.#objects.get(keyOf(type, path));
    if (object === undefined) throw new Error(`There is no ${keyOf(type, path)}`);
    if (graceSeconds === 0) {
      this.#remove(type, object);
      return;
    }
    const { metadata, ...rest } = object;
    const deletionTimestamp = new Date(Date.now() + graceSeconds * 1_000).toISOString();
    const generation = (metadata?.generation ?? 1) + 1;
    const marked = { ...metadata, deletionTimestamp, deletionGracePeriodSeconds: graceSeconds, generation };
    this.#store(type, { ...rest, metadata: marked });
  }

  /** The object goes, whatever it says. */
  remove(type: Type, path: ObjectPath): void {
    const object = this.#objects.get(keyOf(type, path));
    if (object !== undefined) this.#drop(type, object);
  }

  async get(type: Type, path: ObjectPath): Promise<KubeObject> {
    this.#request('GET', type, path);
    return structuredClone(this.#existing(type, path));
  }

  async list(type: Type, path: ObjectPath, options: ListOptions): Promise<KubeList<KubeObject>> {
    this.#request('LIST', type, path);
    const items = [...this.#objects.entries()]
      .filter(([key]) => key.startsWith([type.resource, ...(path.namespace ? [path.namespace] : []), ''].join('/')))
      .filter(([, object]) => isSelected(object, options.fieldSelector))
      .map(([, object]) => structuredClone(object));
    return { metadata: { resourceVersion: String(this.#version) }, items };
  }

  async *watch(
    type: Type,
    _path: ObjectPath,
    options: WatchOptions & { signal: AbortSignal },
  ): AsyncGenerator<WatchEvent<KubeObject>> {
    const events: WatchEvent<KubeObject>[] = [];
    let wake: () => void = () => undefined;
    const watcher: Watcher = {
      resource: type.resource,
      fieldSelector: options.fieldSelector ?? '',
      push: (event) => {
        events.push(event);
        wake();
      },
    };
    this.#watchers.add(watcher);
    const onAbort = () => wake();
    options.signal.addEventListener('abort', onAbort);
    try {
      while (!options.signal.aborted) {
        const event = events.shift();
        if (event === undefined) await new Promise<void>((resolve) => (wake = resolve));
        else yield event;
      }
      throw options.signal.reason;
    } finally {
      this.#watchers.delete(watcher);
      options.signal.removeEventListener('abort', onAbort);
    }
  }

  async create(type: Type, path: ObjectPath, object: KubeObject): Promise<KubeObject> {
    const name = object.metadata?.name ?? path.name;
    this.#request('POST', type, { ...path, name });
    if (path.subresource === 'token') return this.#issueToken(object as Stored);
    if (this.#objects.has(keyOf(type, { ...path, name })))
      throw refusal(409, 'AlreadyExists', `${name} already exists`);
    const uid = `uid-${this.#version + 1}`;
    return this.#store(type, {
      ...object,
      metadata: { uid, ...object.metadata, ...(path.namespace ? { namespace: path.namespace } : {}) },
    });
  }

  async replace(type: Type, path: ObjectPath, object: KubeObject): Promise<KubeObject> {
    this.#request('PUT', type, path);
    const before = this.#existing(type, path);
    const wanted = object.metadata?.resourceVersion;
    if (wanted !== undefined && wanted !== before.metadata?.resourceVersion) {
      throw refusal(409, 'Conflict', 'the object has been modified');
    }
    return this.#store(type, { ...object, metadata: { ...object.metadata, uid: before.metadata?.uid ?? '' } });
  }

  async patch(type: Type, path: ObjectPath, patch: Json, _options: PatchOptions): Promise<KubeObject> {
    this.#request('PATCH', type, path);
    this.patches.push(patch);
    const before = this.#existing(type, path);
    const uid = (patch.metadata as { uid?: string } | undefined)?.uid;
    if (uid !== undefined && uid !== before.metadata?.uid) {
      const details = {
        causes: [{ reason: 'FieldValueInvalid', field: 'metadata.uid', message: 'field is immutable' }],
      };
      throw refusal(422, 'Invalid', 'metadata.uid: field is immutable', { details });
    }
    const after = mergeStrategically(before as Json, patch) as Stored;
    const written = JSON.stringify(after) === JSON.stringify(before) ? before : this.#store(type, after);
    const answer = structuredClone(written);
    await this.beforePatchAnswer();
    return answer;
  }

  async delete(type: Type, path: ObjectPath, options: DeleteOptions): Promise<void> {
    this.#request('DELETE', type, path);
    const object = this.#existing(type, path);
    if (options.uid !== undefined && options.uid !== object.metadata?.uid) {
      const message = `the UID in the precondition (${options.uid}) does not match the UID in record`;
      throw refusal(409, 'Conflict', message);
    }
    this.#remove(type, object);
  }

  /** As the API server answers a TokenRequest; each token is another. */
  #issueToken(request: Stored): KubeObject & { status: Json } {
    this.#version += 1;
    const seconds = Number(request.spec?.expirationSeconds ?? 3_600);
    const status = {
      token: `token-${this.#version}`,
      expirationTimestamp: new Date(Date.now() + seconds * 1_000).toISOString(),
    };
    return { ...request, metadata: { creationTimestamp: new Date(Date.now()).toISOString() }, status };
  }

  #request(verb: string, type: Type, { namespace, name, subresource }: ObjectPath): void {
    const request = `${verb} ${[type.resource, namespace, name, subresource].filter((part) => part !== undefined).join('/')}`;
    this.requests.push(request);
    const refused = this.refuse(request);
    if (refused !== undefined) throw refused;
  }

  #existing(type: Type, path: ObjectPath): Stored {
    const object = this.#objects.get(keyOf(type, path));
    if (object === undefined) throw refusal(404, 'NotFound', `${keyOf(type, path)} not found`);
    return object;
  }

  #store(type: Type, object: Stored): Stored {
    const key = keyOf(type, object.metadata ?? {});
    const known = this.#objects.get(key);
    this.#version += 1;
    const stored: Stored = structuredClone({
      ...object,
      metadata: { ...object.metadata, resourceVersion: String(this.#version) },
    });
    this.#objects.set(key, stored);
    this.#tell(type, { type: known === undefined ? 'ADDED' : 'MODIFIED', object: structuredClone(stored) });
    return stored;
  }

  #remove(type: Type, object: Stored): void {
    if ((object.metadata?.finalizers ?? []).length === 0) {
      this.#drop(type, object);
      return;
    }
    const deletionTimestamp = object.metadata?.deletionTimestamp ?? new Date(Date.now()).toISOString();
    const metadata = { ...object.metadata, deletionTimestamp, deletionGracePeriodSeconds: 0 };
    this.#store(type, { ...object, metadata });
  }

  #drop(type: Type, object: Stored): void {
    this.#objects.delete(keyOf(type, object.metadata ?? {}));
    this.#version += 1;
    const metadata = { ...object.metadata, resourceVersion: String(this.#version) };
    this.#tell(type, { type: 'DELETED', object: structuredClone({ ...object, metadata }) });
  }

  #tell(type: Type, event: WatchEvent<KubeObject>): void {
    if (this.isWatchMuted) return;
    for (const watcher of this.#watchers) {
      if (watcher.resource === type.resource && isSelected(event.object, watcher.fieldSelector)) watcher.push(event);
    }
  }
}

/** An answer of the API server that is no success. */
export function refusal(code: number, reason: string, message: string, more: Partial<Status> = {}): KubeStatusError {
  return new KubeStatusError('ask', code, { kind: 'Status', code, reason, message, ...more });
}

function keyOf(type: Type, { namespace, name }: ObjectPath): string {
  return [type.resource, ...(type.namespaced ? [namespace] : []), name].join('/');
}

/** Fields as `metadata.name=x`, joined by commas. */
function isSelected(object: KubeObject, selector: string | undefined): boolean {
  return (selector ?? '')
    .split(',')
    .filter((term) => term !== '')
    .every((term) => {
      const [path = '', value] = term.split('=');
      return path.split('.').reduce<unknown>((at, field) => (at as Json | undefined)?.[field], object) === value;
    });
}
