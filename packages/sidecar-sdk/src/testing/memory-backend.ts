import type { InterLinkError, Owner, Pod, PodReport, PodRequest } from '@interlink/protocol';
import type { Backend, News, OwnedReport } from '../backend.ts';

/** A backend in memory whose pods run from create to delete, and that counts what it is asked. */
export class MemoryBackend implements Backend {
  readonly pods = new Map<string, OwnedReport>();
  readonly created: string[] = [];
  news: News | undefined;
  /** A test's own; without them the backend can't. */
  exec?: NonNullable<Backend['exec']>;
  attach?: NonNullable<Backend['attach']>;
  portForward?: NonNullable<Backend['portForward']>;
  update?: NonNullable<Backend['update']>;
  render?: NonNullable<Backend['render']>;
  rendering?: NonNullable<Backend['rendering']>;
  requestsMade?: number;
  updateVolumes?: NonNullable<Backend['updateVolumes']>;
  kubeconfig?: NonNullable<Backend['kubeconfig']>;
  #failure: InterLinkError | undefined;

  /** From now on the backend does not answer; undefined: it does again. */
  fail(failure: InterLinkError | undefined): void {
    this.#failure = failure;
  }

  async capabilities() {
    return {
      protocolVersions: ['v2', 'v1'],
      backend: { kind: 'memory', version: '1' },
      verbs: ['create' as const, 'delete' as const, 'list' as const, 'watch' as const, 'log' as const],
      volumeTypes: [],
      queues: false,
      pools: [],
    };
  }

  async list(): Promise<OwnedReport[]> {
    if (this.#failure !== undefined) throw this.#failure;
    return [...this.pods.values()];
  }

  async create({ pod }: PodRequest, owner: Owner): Promise<PodReport> {
    this.created.push(pod.metadata.uid);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const report = runningReport(pod);
    this.pods.set(pod.metadata.uid, { owner, report });
    return report;
  }

  async delete({ uid }: { uid: string }): Promise<void> {
    this.pods.delete(uid);
    this.news?.gone(uid);
  }

  async logs(): Promise<AsyncIterable<Uint8Array>> {
    return (async function* () {
      yield Buffer.from('log\n');
    })();
  }

  async watch(news: News, signal: AbortSignal): Promise<void> {
    this.news = news;
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  }
}

export function requestOf(name: string, uid: string = crypto.randomUUID()): PodRequest {
  return {
    pod: { metadata: { uid, namespace: 'ns', name }, spec: { containers: [{ name: 'c', image: 'busybox' }] } },
    volumes: [],
  };
}

export function runningReport({ metadata, spec }: Pod): PodReport {
  const state = { running: { startedAt: '2027-01-01T00:00:00Z' } };
  return {
    uid: metadata.uid,
    namespace: metadata.namespace,
    name: metadata.name,
    status: {
      containerStatuses: spec.containers.map(({ name, image = '' }) => ({
        ...{ name, image, imageID: '', ready: true, restartCount: 0, state },
      })),
    },
  };
}
