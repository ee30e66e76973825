import { setTimeout as delay } from 'node:timers/promises';
import { type Attempt, InterLinkError, type Pod, type RuntimePod } from '@interlink/sidecar-sdk';
import { PodFolder } from '../folder/pod-folder.ts';
import { writePod } from '../folder/write-pod.ts';
import { ProcessRuntime } from '../runtime/process-runtime.ts';
import { owner, requestOf, temporaryFolder } from './pods.ts';

/** A pod of one container `main` under a runtime that nobody but the test drives; what it runs is gone when it is disposed of. */
export class RuntimePodUnderTest implements AsyncDisposable {
  readonly runtime: ProcessRuntime;
  readonly folder: PodFolder;
  readonly #uid: string;
  readonly #pods: Awaited<ReturnType<typeof temporaryFolder>>;

  static async make(argv: string[], spec: Partial<Pod['spec']> = {}): Promise<RuntimePodUnderTest> {
    const pods = await temporaryFolder();
    const request = requestOf(argv, spec);
    await writePod(pods.path, request, owner, new Date().toISOString());
    return new RuntimePodUnderTest(pods, request.pod.metadata.uid);
  }

  private constructor(pods: Awaited<ReturnType<typeof temporaryFolder>>, uid: string) {
    this.#pods = pods;
    this.#uid = uid;
    this.runtime = new ProcessRuntime(pods.path, Date.now);
    this.folder = new PodFolder(pods.path, uid);
  }

  async read(): Promise<RuntimePod> {
    const pod = await this.runtime.read(this.#uid);
    if (pod === undefined) throw new InterLinkError('not_found', 'no pod');
    return pod;
  }

  async newest(): Promise<Attempt> {
    const [attempt] = (await this.read()).attempts;
    if (attempt === undefined) throw new InterLinkError('not_found', 'no attempt');
    return attempt;
  }

  async create(attempt = 0): Promise<Attempt> {
    const { signal } = new AbortController();
    const order = { pod: await this.read(), container: 'main', attempt, failuresBefore: attempt };
    await this.runtime.create({ ...order, tell: () => undefined, signal });
    return await this.newest();
  }

  async start(): Promise<Attempt> {
    await this.runtime.start(await this.read(), await this.create());
    return await this.newest();
  }

  /** Resolves with the newest attempt once it has ended. */
  async untilEnded(): Promise<Attempt> {
    for (;;) {
      const attempt = await this.newest();
      if (attempt.state.kind === 'ended') return attempt;
      await delay(20);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (let pod = await this.runtime.read(this.#uid); pod !== undefined; pod = await this.runtime.read(this.#uid)) {
      await this.runtime.remove(pod).catch(() => undefined);
    }
    await this.#pods[Symbol.asyncDispose]();
  }
}
