import { type KubeClient, type Pod, pods } from '@interlink/kube';
import { InterLinkError } from '@interlink/protocol';

/** Where it is pulled and run at once. */
const usualTimeoutMs = 90_000;

/** The same as examples/interlink_mock/payloads/busyecho_k8s.yaml. */
export const busyecho = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'busyecho' },
  spec: {
    restartPolicy: 'Never',
    nodeSelector: { 'virtual-node.interlink/type': 'virtual-kubelet' },
    tolerations: [{ key: 'virtual-node.interlink/no-schedule', operator: 'Exists' }],
    containers: [
      {
        name: 'busyecho',
        image: 'busybox:latest',
        imagePullPolicy: 'IfNotPresent',
        command: ['/bin/sh', '-c'],
        args: ['echo hello from a virtual node; sleep 2; echo bye'],
      },
    ],
  },
} satisfies Pod;

/** The example pod in a cluster, or another of one container, as a user has it. */
export class DemoPod {
  readonly #client: KubeClient;
  readonly #pod: Pod;
  readonly #path: { readonly namespace: string; readonly name: string };
  readonly #timeoutMs: number;
  #uid: string | undefined;

  constructor(client: KubeClient, pod: Pod = busyecho, timeoutMs = usualTimeoutMs) {
    this.#client = client;
    this.#pod = pod;
    this.#path = { namespace: pod.metadata?.namespace ?? 'default', name: pod.metadata?.name ?? '' };
    this.#timeoutMs = timeoutMs;
  }

  /** @throws InterLinkError when there is one of that name: whose it is, is not known */
  async create(): Promise<void> {
    const { metadata } = await this.#client.create(pods, { namespace: this.#path.namespace }, this.#pod);
    this.#uid = metadata?.uid;
  }

  /** Calls `tell` with each state as it comes, until the pod has succeeded. @throws InterLinkError when it fails, or takes too long */
  async watch(tell: (state: string) => void, signal: AbortSignal): Promise<void> {
    const { namespace, name } = this.#path;
    const limit = AbortSignal.any([signal, AbortSignal.timeout(this.#timeoutMs)]);
    let told = '';
    const options = { fieldSelector: `metadata.name=${name}`, signal: limit };
    for await (const event of this.#client.watch(pods, { namespace }, options)) {
      if (event.type === 'BOOKMARK') continue;
      const state = stateOf(event.object);
      if (state !== told) tell(state);
      told = state;
      const phase = event.object.status?.phase;
      if (phase === 'Succeeded') return;
      if (phase === 'Failed' || event.type === 'DELETED') {
        throw new InterLinkError('internal', `Pod ${name} is ${state}, Succeeded is wanted`);
      }
    }
    throw new InterLinkError('deadline_exceeded', `Pod ${name} is ${told} after ${this.#timeoutMs / 1_000} s`);
  }

  async log(): Promise<string> {
    return await this.#client.readLog(this.#path, {});
  }

  /** Deletes it, if it was created, and no other of its name. */
  async remove(): Promise<void> {
    const uid = this.#uid;
    if (uid !== undefined) await this.#client.delete(pods, this.#path, { uid }).catch(() => undefined);
  }
}

/** The phase, and what the container waits for or why it ended. */
function stateOf({ spec, status }: Pod): string {
  const { waiting, terminated } = status?.containerStatuses?.[0]?.state ?? {};
  const phase = status?.phase ?? 'Pending';
  if (terminated !== undefined) return `${phase}  exit code ${terminated.exitCode}`;
  if (waiting?.reason !== undefined) return `${phase}  ${waiting.reason}`;
  return phase === 'Pending' && spec?.nodeName !== undefined ? `${phase}  on ${spec.nodeName}` : phase;
}
