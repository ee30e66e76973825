import { randomUUID } from 'node:crypto';
import type { PodClient, PodReport } from '@interlink/protocol';

/** Pods of busybox at the Docker sidecar, through its own protocol, and what its stream says of them. */
export class DockerPods {
  readonly #client: PodClient;
  readonly #stop = new AbortController();
  readonly #reports = new Map<string, PodReport>();
  #waiting: Array<{ readonly look: () => boolean; readonly resolve: () => void }> = [];

  constructor(client: PodClient) {
    this.#client = client;
    void this.#follow();
  }

  /** @returns the pod's UID when the sidecar has taken it */
  async create(script: string): Promise<string> {
    const uid = randomUUID();
    const metadata = { uid, namespace: 'bench', name: `pod-${uid.slice(0, 8)}` };
    const main = { name: 'main', image: 'busybox:1.36', command: ['sh', '-c', script] };
    const spec = { restartPolicy: 'Never' as const, terminationGracePeriodSeconds: 0, containers: [main] };
    await this.#client.createPod({ pod: { metadata, spec }, volumes: [] });
    return uid;
  }

  /** @returns the container's id at the engine */
  async untilRunning(uid: string): Promise<string> {
    await this.#until(() => this.#stateOf(uid)?.running !== undefined);
    return this.#idOf(uid);
  }

  /** @returns when the stream said that the pod's container had ended, and the container's id at the engine */
  async untilEnded(uid: string): Promise<{ atMs: number; id: string }> {
    await this.#until(() => this.#stateOf(uid)?.terminated !== undefined);
    return { atMs: performance.timeOrigin + performance.now(), id: this.#idOf(uid) };
  }

  async logBytes(uid: string): Promise<number> {
    let bytes = 0;
    const log = await this.#client.logs(uid, 'main', { follow: true }, this.#stop.signal);
    for await (const chunk of log as AsyncIterable<Buffer>) bytes += chunk.length;
    return bytes;
  }

  async delete(uids: ReadonlyArray<string>): Promise<void> {
    await Promise.all(uids.map((uid) => this.#client.deletePod(uid, 0)));
    await this.#until(() => uids.every((uid) => !this.#reports.has(uid)));
  }

  stop(): void {
    this.#stop.abort();
  }

  #idOf(uid: string): string {
    return this.#reports.get(uid)?.status.containerStatuses[0]?.containerID?.replace('docker://', '') ?? '';
  }

  #stateOf(uid: string) {
    return this.#reports.get(uid)?.status.containerStatuses[0]?.state;
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stop;
    try {
      for await (const record of this.#client.watchPods({ signal })) {
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
