import { randomBytes } from 'node:crypto';
import { events as eventType, isForbidden, type KubeClient, type Pod } from '@interlink/kube';
import { InterLinkError } from '@interlink/protocol';
import { DemoPod } from '../../demo/demo-pod.ts';
import { type Check, type Finding, NotApplicable, ok, problem } from '../check.ts';
import type { DoctorContext } from '../context.ts';

/** A queue may be long; what is behind it shows by then. */
const podTimeoutMs = 280_000;
const greeting = 'hello from interlink doctor';

export const runPod: Check = {
  name: 'run-pod',
  summary:
    'With `--run-pod`: a pod is scheduled to each virtual node, its image is pulled, it runs to its end, its log can be read, and it goes. It is the one check that makes something; it removes it.',
  sides: ['cluster'],
  timeoutMs: podTimeoutMs + 20_000,
  run: async (context, signal) => {
    const { podImage: image } = context;
    if (image === undefined) throw new NotApplicable('no pod was asked for: --run-pod');
    const [nodes, { client, access }] = await Promise.all([context.nodes(), context.cluster()]);
    return await Promise.all(
      nodes.map(async ({ name, settings }) => {
        const namespace = settings.namespaces?.[0] ?? access.namespace ?? 'default';
        return await runOn(podFor(name, namespace, image), { context, client, signal });
      }),
    );
  },
};

function podFor(nodeName: string, namespace: string, image: string): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `interlink-doctor-${randomBytes(4).toString('hex')}`, namespace },
    spec: {
      restartPolicy: 'Never',
      nodeSelector: { 'kubernetes.io/hostname': nodeName },
      tolerations: [{ operator: 'Exists' }],
      automountServiceAccountToken: false,
      containers: [
        { name: 'doctor', image, imagePullPolicy: 'IfNotPresent', command: ['sh', '-c', `echo ${greeting}`] },
      ],
    },
  };
}

interface Run {
  readonly context: DoctorContext;
  readonly client: KubeClient;
  readonly signal: AbortSignal;
}

async function runOn(pod: Pod, { context, client, signal }: Run): Promise<Finding> {
  const nodeName = pod.spec?.nodeSelector?.['kubernetes.io/hostname'];
  const running = new DemoPod(client, pod, podTimeoutMs);
  let state = 'not created';
  try {
    await running.create();
    context.atEnd(async () => await running.remove());
    await running.watch((next) => {
      state = next;
    }, signal);
    const log = await running.log();
    if (log.includes(greeting)) return ok(`a pod ran on ${nodeName}, and its log came back`);
    return withoutLog(nodeName, new Error(`its log is ${JSON.stringify(log.slice(0, 200))}`));
  } catch (error) {
    if (signal.aborted) throw error;
    if (isForbidden(error)) throw new NotApplicable(`${error.message}: run the doctor with a kubeconfig that may`);
    if (state.startsWith('Succeeded')) return withoutLog(nodeName, error);
    return failed(pod, state, error, await lastEvent(client, pod));
  }
}

function withoutLog(nodeName: string | undefined, error: unknown): Finding {
  return problem({
    what: `a pod ran on ${nodeName}, and its log did not come back: ${InterLinkError.from(error).message}`,
    why: 'kubectl logs, exec and the like fail for all pods of this node',
    fix: 'see "kubelet-port" for the way from the API server to the node',
  });
}

function failed(pod: Pod, state: string, error: unknown, event: string | undefined): Finding {
  const { message } = InterLinkError.from(error);
  const told = event === undefined ? message : `${message}; last event: ${event}`;
  return problem({
    what: `the pod ${pod.metadata?.namespace}/${pod.metadata?.name} did not succeed (${state}): ${told}`,
    why: 'what a user runs here ends the same way',
    fix: 'mend what the other checks tell first; then follow the last event: an image may need --image or a pull secret, a queue may be long',
  });
}

/** In the words that kubectl describe shows. */
async function lastEvent(client: KubeClient, { metadata }: Pod): Promise<string | undefined> {
  const { namespace = 'default', name } = metadata ?? {};
  const fieldSelector = `involvedObject.name=${name}`;
  const { items } = await client.list(eventType, { namespace }, { fieldSelector }).catch(() => ({ items: [] }));
  const last = items.at(-1);
  return last === undefined ? undefined : `${last.reason}: ${last.message}`;
}
