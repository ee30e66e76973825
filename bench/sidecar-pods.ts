import { randomUUID } from 'node:crypto';
import type { Container, Pod, PodClient, PodReport } from '@interlink/protocol';

/** What pods of a bench have in common. */
export interface PodShape {
  readonly image: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Over that of the only container. */
  readonly container?: Partial<Container>;
}

/** Pods at a sidecar, through its own protocol, and what its stream says of them. */
export class SidecarPods {
  /** How many records the stream has brought. */
  records = 0;
  readonly #client: PodClient;
  readonly #shape: PodShape;
  readonly #stop = new AbortController();
  readonly #reports = new Map<string, PodReport>();
  #waiting: Array<{ readonly look: () => boolean; readonly resolve: () => void }> = [];

  constructor(client: PodClient, shape: PodShape) {
    this.#client = client;
    this.#shape = shape;
    void this.#follow();
  }

  /** @returns the pod's UID when the sidecar has taken it */
  async create(script: string, more: Partial<PodShape> = {}): Promise<string> {
    const { image, annotations, container } = { ...this.#shape, ...more };
    const uid = randomUUID();
    const metadata: Pod['metadata'] = { uid, namespace: 'bench', name: `pod-${uid.slice(0, 8)}` };
    if (annotations !== undefined) metadata.annotations = { ...annotations };
    const main = { name: 'main', image, command: ['sh', '-c', script], ...container };
    const spec = { restartPolicy: 'Never' as const, terminationGracePeriodSeconds: 0, containers: [main] };
    await this.#client.createPod({ pod: { metadata, spec }, volumes: [] });
    return uid;
  }

  /** @returns the container's id at what runs it */
  async untilRunning(uid: string): Promise<string> {
    await this.#until(() => this.#stateOf(uid)?.running !== undefined);
    return this.#idOf(uid);
  }

  /** Waits until a queue has taken it. */
  async untilQueued(uid: string): Promise<void> {
    await this.#until(() => this.#reports.get(uid)?.status.jobID !== undefined);
  }

  /** @returns when the stream said that the pod's container had ended, the container's id at what ran it, and when it says that it ended */
  async untilEnded(uid: string): Promise<{ atMs: number; id: string; finishedAtMs: number }> {
    await this.#until(() => this.#stateOf(uid)?.terminated !== undefined);
    const atMs = performance.timeOrigin + performance.now();
    const finishedAtMs = Date.parse(this.#stateOf(uid)?.terminated?.finishedAt ?? '');
    return { atMs, id: this.#idOf(uid), finishedAtMs };
  }

  async logBytes(uid: string): Promise<number> {
    let bytes = 0;
    const log = await this.#client.logs(uid, 'main', { follow: true }, this.#stop.signal);
    for await (const chunk of log as AsyncIterable<Buffer>) bytes += chunk.length;
    return bytes;
  }

  /** Runs a command in the pod, to its end. */
  async exec(uid: string, command: string[]): Promise<void> {
    const options = { command, stdin: false, stdout: true, stderr: true, tty: false };
    const { stdout, stderr, ended } = await this.#client.exec(uid, 'main', options, this.#stop.signal);
    for (const stream of [stdout, stderr]) stream?.resume();
    await ended;
  }

  async delete(uids: ReadonlyArray<string>): Promise<void> {
    await Promise.all(uids.map((uid) => this.#client.deletePod(uid, 0)));
    await this.#until(() => uids.every((uid) => !this.#reports.has(uid)));
  }

  stop(): void {
    this.#stop.abort();
  }

  #idOf(uid: string): string {
    const id = this.#reports.get(uid)?.status.containerStatuses[0]?.containerID ?? '';
    return id.replace(/^[a-z]+:\/\//, '');
  }

  #stateOf(uid: string) {
    return this.#reports.get(uid)?.status.containerStatuses[0]?.state;
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stop;
    try {
      for await (const record of this.#client.watchPods({ signal })) {
        this.records += 1;
        if (record.type === 'pod') this.#reports.set(record.pod.uid, record.pod);
        if (record.type === 'gone') this.#reports.delete(record.uid);
        const [done, waiting] = [this.#waiting.filter(({ look }) => look()), this.#waiting];
        this.#waiting = waiting.filter((one) => !done.includes(one));
        for (const { resolve } of done) resolve();
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  async #until(look: () => boolean): Promise<void> {
    if (!look()) await new Promise<void>((resolve) => this.#waiting.push({ look, resolve }));
  }
}
