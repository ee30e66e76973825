import type { CoreEvent, KubeObject, Pod } from '@interlink/kube';
import { type CommandResult, type ControlPlaneData, kubectl, type WaitOptions, waitFor } from '../../testbed/index.ts';
import { describeStatus } from './describe-status.ts';

/** One test's namespace, seen and changed through kubectl as its user would. */
export class Namespace {
  readonly name: string;
  /** Of kubectl. */
  readonly env: Readonly<Record<string, string>>;
  readonly #cluster: { controlPlane: ControlPlaneData };

  private constructor(name: string, controlPlane: ControlPlaneData, env: Readonly<Record<string, string>> = {}) {
    this.name = name;
    this.env = env;
    this.#cluster = { controlPlane };
  }

  /** The same namespace, seen by a kubectl with these variables. */
  withEnv(env: Readonly<Record<string, string>>): Namespace {
    return new Namespace(this.name, this.#cluster.controlPlane, env);
  }

  /** One that is there. */
  static existing(name: string, controlPlane: ControlPlaneData): Namespace {
    return new Namespace(name, controlPlane);
  }

  /** Makes it, and returns when pods can be created in it. */
  static async create(name: string, controlPlane: ControlPlaneData): Promise<Namespace> {
    const namespace = new Namespace(name, controlPlane);
    await namespace.run('create', 'namespace', name);
    await waitFor(
      `the default account of ${name}`,
      async () => await namespace.run('get', 'serviceaccount', 'default'),
    );
    return namespace;
  }

  /** kubectl in this namespace; what it says no to is a result. */
  async try(...args: ReadonlyArray<string>): Promise<CommandResult> {
    return await kubectl(this.#cluster, ['-n', this.name, ...args], { timeoutMs: 60_000, env: this.env });
  }

  /** kubectl in this namespace. @returns what it printed @throws Error with what it complained of */
  async run(...args: ReadonlyArray<string>): Promise<string> {
    return outputOf(args, await this.try(...args));
  }

  /** All at once, as `kubectl apply -f -` of one file would. */
  async apply(...objects: ReadonlyArray<KubeObject>): Promise<void> {
    const args = ['-n', this.name, 'apply', '-f', '-'];
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
    outputOf(args, await kubectl(this.#cluster, args, { input, timeoutMs: 60_000 }));
  }

  async pods(): Promise<Pod[]> {
    const { items } = JSON.parse(await this.run('get', 'pods', '-o', 'json')) as { items: Pod[] };
    return items;
  }

  /** Undefined when there is no such pod. */
  async findPod(name: string): Promise<Pod | undefined> {
    return (await this.pods()).find(({ metadata }) => metadata?.name === name);
  }

  /** @throws Error when there is no such pod */
  async pod(name: string): Promise<Pod> {
    return JSON.parse(await this.run('get', 'pod', name, '-o', 'json')) as Pod;
  }

  /** Waits until the pod is as wanted. When it never is, the error tells its last status. */
  async waitForPod(name: string, what: string, isWanted: (pod: Pod) => boolean, options?: WaitOptions): Promise<Pod> {
    return await waitFor(
      `pod ${name} to be ${what}`,
      async () => {
        const found = await this.findPod(name);
        if (found !== undefined && isWanted(found)) return found;
        throw new Error(found === undefined ? 'no such pod' : describeStatus(found));
      },
      options,
    );
  }

  async waitForPhase(name: string, phase: string, options?: WaitOptions): Promise<Pod> {
    return await this.waitForPod(name, phase, ({ status }) => status?.phase === phase, options);
  }

  /** Waits for a container whose waiting reason is the wanted one. @returns its message */
  async waitForWaiting(pod: string, container: string, reason: RegExp, options?: WaitOptions): Promise<string> {
    const waitingOf = ({ status }: Pod) =>
      status?.containerStatuses?.find(({ name }) => name === container)?.state?.waiting;
    const isWanted = (found: Pod) => reason.test(waitingOf(found)?.reason ?? '');
    return waitingOf(await this.waitForPod(pod, `waiting for ${reason}`, isWanted, options))?.message ?? '';
  }

  /** Waits until something in the pod answers HTTP at the port: a container that runs may not have come so far. */
  async waitForServer(pod: string, port: number): Promise<void> {
    const ask = ['sh', '-c', `wget -qO /dev/null http://127.0.0.1:${port}/`];
    await waitFor(`a server at port ${port} of ${pod}`, async () => {
      await this.run('exec', pod, '--', ...ask);
      return true;
    });
  }

  async waitUntilGone(name: string, options?: WaitOptions): Promise<void> {
    await waitFor(`pod ${name} to be gone`, async () => (await this.findPod(name)) === undefined, options);
  }

  /** Waits for an event about a pod. */
  async waitForEvent(pod: string, reason: string, message: RegExp, options?: WaitOptions): Promise<CoreEvent> {
    return await waitFor(
      `event ${reason} ${message} of pod ${pod}`,
      async () => {
        const events = await this.events(pod);
        const found = events.find((event) => event.reason === reason && message.test(event.message ?? ''));
        if (found !== undefined) return found;
        throw new Error(events.map((event) => `${event.reason}: ${event.message}`).join('; ') || 'no events');
      },
      options,
    );
  }

  async events(pod: string): Promise<CoreEvent[]> {
    const selector = `involvedObject.name=${pod}`;
    const printed = await this.run('get', 'events', '--field-selector', selector, '-o', 'json');
    return (JSON.parse(printed) as { items: CoreEvent[] }).items;
  }

  /** Asks for its end and does not wait for it. */
  async delete(): Promise<void> {
    await this.run('delete', 'namespace', this.name, '--wait=false');
  }
}

function outputOf(args: ReadonlyArray<string>, { stdout, stderr, exitCode }: CommandResult): string {
  if (exitCode === 0) return stdout;
  throw new Error(`kubectl ${args.join(' ')} exited with code ${exitCode}: ${(stderr || stdout).trim()}`);
}
