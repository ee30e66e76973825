import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import {
  type Container,
  HttpTarget,
  PodClient,
  type PodEvent,
  type PodReport,
  type PodRequest,
  type PodSpec,
  type StreamRecord,
} from '@interlink/protocol';
import { type SlurmClusterData, waitFor } from '../../../testbed/index.ts';
import { prepareClusterSidecar } from '../../../testbed/site/cluster-sidecar.ts';
import { ClusterView } from '../../../testbed/site/cluster-view.ts';

/** A pod that was sent, and what became of it. */
export interface SentPod {
  readonly uid: string;
  readonly report: PodReport;
}

/** Parts of a request other than the spec. */
export interface More extends Pick<Partial<PodRequest>, 'volumes' | 'registryCredentials'> {
  readonly name?: string;
  readonly labels?: Record<string, string>;
  readonly annotations?: Record<string, string>;
}

/**
 * Pods sent to a sidecar by its own protocol, past the API server and the virtual kubelet, which would refuse some: whoever holds its token
 * may send anything.
 */
export class DirectPods {
  readonly slurm: ClusterView;
  readonly cluster: SlurmClusterData;
  readonly logFile: string;
  readonly client: PodClient;
  readonly #events = new Map<string, PodEvent[]>();

  constructor(cluster: SlurmClusterData, slurm: ClusterView, client: PodClient, logFile: string) {
    this.cluster = cluster;
    this.slurm = slurm;
    this.client = client;
    this.logFile = logFile;
  }

  /** @throws InterLinkError when it is refused */
  async send(spec: PodSpec, more: More = {}): Promise<string> {
    const { volumes = [], registryCredentials, name = 'pod', ...metadata } = more;
    const uid = randomUUID();
    const pod = { metadata: { ...metadata, uid, namespace: 'tests', name }, spec: { restartPolicy: 'Never', ...spec } };
    await this.client.createPod({
      ...{ pod: pod as PodRequest['pod'], volumes },
      ...(registryCredentials === undefined ? {} : { registryCredentials }),
    });
    return uid;
  }

  async report(uid: string): Promise<PodReport | undefined> {
    return (await this.client.listPods()).find((report) => report.uid === uid);
  }

  /** Waits until the pod's report is like that. */
  async until(uid: string, what: string, isSo: (report: PodReport) => boolean): Promise<PodReport> {
    return await waitFor(
      what,
      async () => {
        const report = await this.report(uid);
        if (report !== undefined && isSo(report)) return report;
        throw new Error(JSON.stringify([report?.status, this.eventsOf(uid)]));
      },
      { timeoutMs: 120_000, intervalMs: 300 },
    );
  }

  /** Sends a pod and waits for the end of its containers. */
  async run(spec: PodSpec, more: More = {}): Promise<SentPod> {
    const uid = await this.send(spec, more);
    return { uid, report: await this.until(uid, 'the pod to end', hasEnded) };
  }

  /** Sends a pod and waits until one of its containers, or an event, says why it does not start. */
  async stuck(spec: PodSpec, why: RegExp, more: More = {}): Promise<string> {
    const uid = await this.send(spec, more);
    await this.until(uid, `the pod to say ${why}`, ({ status }) => why.test(JSON.stringify(status)));
    return uid;
  }

  async output(uid: string, container = 'main'): Promise<string> {
    return await text(await this.client.logs(uid, container, {}, AbortSignal.timeout(30_000)));
  }

  /** What was told of the pod, as `Reason: message`. */
  eventsOf(uid: string): string[] {
    return (this.#events.get(uid) ?? []).map(({ reason, message }) => `${reason}: ${message}`);
  }

  async delete(uid: string): Promise<void> {
    await this.client.deletePod(uid, 0);
    await waitFor('the pod to go', async () => (await this.report(uid)) === undefined, { timeoutMs: 60_000 });
  }

  /** Removes all pods. */
  async clear(): Promise<void> {
    for (const { uid } of await this.client.listPods()) await this.client.deletePod(uid, 0);
    await this.slurm.waitUntilNothingIsLeft();
  }

  /** What the sidecar has logged. */
  async log(): Promise<string> {
    return await readFile(this.logFile, 'utf8');
  }

  /** Keeps events until the signal aborts. */
  async listen(signal: AbortSignal): Promise<void> {
    try {
      for await (const record of this.client.watchPods({ signal })) this.#keep(record);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  #keep(record: StreamRecord): void {
    if (record.type !== 'event') return;
    this.#events.set(record.uid, [...(this.#events.get(record.uid) ?? []), record.event]);
  }
}

export function hasEnded({ status }: PodReport): boolean {
  return status.containerStatuses.every(({ state }) => state.terminated !== undefined);
}

export function isRunning({ status }: PodReport): boolean {
  return status.containerStatuses.every(({ state }) => state.running !== undefined);
}

/** A container that runs a script. */
export function busybox(script: string, more: Partial<Container> = {}): Container {
  return { name: 'main', image: 'busybox:1.36', command: ['/bin/sh', '-c', script], ...more };
}

export interface DirectPodsOptions {
  /** Keys of the sidecar's configuration. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** Starts a sidecar on the login host of that cluster. `end` waits until nothing is left of its pods. */
export async function startDirectPods(
  name: string,
  cluster: SlurmClusterData,
  { config }: DirectPodsOptions,
): Promise<{ pods: DirectPods; end(): Promise<void> }> {
  await using cleanUp = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), `${name}-`));
  cleanUp.defer(async () => await rm(directory, { recursive: true, force: true }));
  const sidecar = await prepareClusterSidecar({ cluster, name, directory, isUnix: true, config });
  cleanUp.defer(async () => await sidecar.remove());
  await sidecar.part.start('listening');
  cleanUp.defer(async () => await sidecar.part.stop());
  const target = new HttpTarget({ url: sidecar.url, token: async () => sidecar.token });
  cleanUp.defer(async () => await target.close());
  const client = new PodClient(target, { cluster: 'tests', node: name });
  const pods = new DirectPods(cluster, new ClusterView(cluster, sidecar), client, sidecar.part.logFile);
  cleanUp.defer(async () => await pods.clear());
  const stop = new AbortController();
  const listening = pods.listen(stop.signal);
  cleanUp.defer(async () => {
    stop.abort();
    await listening;
  });
  const all = cleanUp.move();
  return { pods, end: async () => await all.disposeAsync() };
}
