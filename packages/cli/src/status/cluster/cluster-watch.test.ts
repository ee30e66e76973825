import { type Node, nodes, type Pod, type ResourceType } from '@interlink/kube';
import { expect, test } from 'vitest';
import { podIn, virtualNode } from '../testing/objects.ts';
import { ClusterWatch, type ClusterWatchOptions } from './cluster-watch.ts';

type Client = ClusterWatchOptions['client'];
type Change = { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: Node | Pod };
type Stream = { readonly queue: Change[]; wake: () => void };

/** A cluster of lists, and of watches that say what a test tells them to. */
class Scripted {
  readonly #streams = new Map<string, Stream>();
  readonly #lists: Readonly<Record<string, ReadonlyArray<Node | Pod>>>;

  /** @param lists by the field selector; nodes by `nodes` */
  constructor(lists: Readonly<Record<string, ReadonlyArray<Node | Pod>>>) {
    this.#lists = lists;
  }

  tell(selector: string, change: Change): void {
    const { queue, wake } = this.#streamOf(selector);
    queue.push(change);
    wake();
  }

  readonly client = {
    get: async () => ({ spec: { renewTime: '2027-01-01T00:00:00Z' } }),
    list: async (type: ResourceType<object>, _path: object, { fieldSelector = type.resource }) => ({
      metadata: { resourceVersion: '1' },
      items: [...(this.#lists[fieldSelector] ?? [])],
    }),
    watch: (
      type: ResourceType<object>,
      _path: object,
      { fieldSelector = type.resource, signal = new AbortController().signal },
    ) => this.#read(fieldSelector, signal),
  } as unknown as Client;

  async *#read(selector: string, signal: AbortSignal) {
    const stream = this.#streamOf(selector);
    while (!signal.aborted) {
      yield* stream.queue.splice(0);
      const { promise, resolve } = Promise.withResolvers<void>();
      stream.wake = resolve;
      signal.addEventListener('abort', () => resolve(), { once: true });
      if (stream.queue.length === 0 && !signal.aborted) await promise;
    }
  }

  #streamOf(selector: string): Stream {
    const stream = this.#streams.get(selector) ?? { queue: [], wake: () => undefined };
    this.#streams.set(selector, stream);
    return stream;
  }
}

const node = (name: string): Node => ({ ...virtualNode(name), metadata: { name, uid: name, resourceVersion: '1' } });
const pod = (name: string, nodeName?: string): Pod => {
  const spec = { containers: [], ...(nodeName === undefined ? {} : { nodeName }) };
  return podIn('Pending', name, { metadata: { uid: name, resourceVersion: '1' }, spec });
};

/** Follows it until `isSo`, and gives the names of what is known then. */
async function follow(scripted: Scripted, nodename?: string) {
  const stop = new AbortController();
  let check: () => void = () => undefined;
  const watch = new ClusterWatch({ client: scripted.client, nodename, onChange: () => check() });
  const running = watch.run(stop.signal);
  const names = () => ({
    nodes: watch.facts?.nodes.map(({ metadata }) => metadata?.name),
    pods: watch.facts?.pods.map(({ metadata }) => metadata?.name),
    unscheduled: watch.facts?.unscheduled?.map(({ metadata }) => metadata?.name),
    heard: [...(watch.facts?.heardAt.keys() ?? [])],
  });
  return {
    until: async (wanted: Partial<ReturnType<typeof names>>) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      const isSo = () =>
        Object.entries(wanted).every(([key, value]) => String(names()[key as 'pods']) === String(value));
      check = () => {
        if (watch.isComplete && isSo()) resolve();
      };
      check();
      await promise;
      return names();
    },
    stop: async () => {
      stop.abort();
      await running;
    },
  };
}

test('ClusterWatch follows nodes, the pods of each, and pods without a node', async () => {
  const scripted = new Scripted({
    nodes: [node('n1')],
    'spec.nodeName=n1': [pod('a', 'n1')],
    'spec.nodeName=n2': [pod('b', 'n2')],
  });
  const { until, stop } = await follow(scripted);
  await until({ nodes: ['n1'], pods: ['a'], unscheduled: [], heard: ['n1'] });
  scripted.tell('spec.nodeName=,status.phase=Pending', { type: 'ADDED', object: pod('c') });
  scripted.tell('spec.nodeName=n1', { type: 'DELETED', object: pod('a', 'n1') });
  scripted.tell(nodes.resource, { type: 'ADDED', object: node('n2') });
  await until({ nodes: ['n1', 'n2'], pods: ['b'], unscheduled: ['c'] });
  scripted.tell(nodes.resource, { type: 'DELETED', object: node('n2') });
  await until({ nodes: ['n1'], pods: [] });
  await stop();
});

test('ClusterWatch follows one node when one is named', async () => {
  const scripted = new Scripted({ nodes: [node('n1'), node('n2')], 'spec.nodeName=n2': [pod('b', 'n2')] });
  const { until, stop } = await follow(scripted, 'n2');
  expect(await until({ nodes: ['n2'], pods: ['b'] })).toMatchObject({ unscheduled: [] });
  await stop();
});
