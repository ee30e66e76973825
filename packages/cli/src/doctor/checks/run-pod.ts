import { randomBytes } from 'node:crypto';
import { events, isForbidden, isNotFound, type KubeClient, type Pod, pods, sleep } from '@interlink/kube';
import { InterLinkError } from '@interlink/protocol';
import { DemoPod } from '../../demo/demo-pod.ts';
import { type Check, type Finding, NotApplicable, ok, problem } from '../check.ts';
import type { DoctorContext } from '../context.ts';

/** A queue may be long; what is behind it shows by then. */
const podTimeoutMs = 280_000;
const goneTimeoutMs = 60_000;
const goneLookMs = 500;
const greeting = 'hello from interlink doctor';

export const runPod: Check = {
  name: 'run-pod',
  summary:
    'With `--run-pod`: a pod is scheduled to each virtual node, its image is pulled, it runs to its end, its log can be read, and it goes. It is the one check that makes something; it removes it.',
  sides: ['cluster'],
  timeoutMs: podTimeoutMs + goneTimeoutMs + 20_000,
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
  const running = new DemoPod(client, pod, podTimeoutMs);
  let state = 'not created';
  try {
    await running.create();
    context.atEnd(async () => await running.remove());
    await running.watch((next) => {
      state = next;
    }, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    if (isForbidden(error)) throw new NotApplicable(`${error.message}: run the doctor with a kubeconfig that may`);
    return failed(pod, state, error, await lastEvent(client, pod));
  }
  const nodeName = pod.spec?.nodeSelector?.['kubernetes.io/hostname'] ?? '';
  const trouble = await troubleWithLog(running);
  await running.remove();
  if (trouble !== undefined) return withoutLog(nodeName, trouble);
  return (await isGone(client, pod, signal))
    ? ok(`a pod ran on ${nodeName}, its log came back, and it went`)
    : stays(pod);
}

async function troubleWithLog(running: DemoPod): Promise<string | undefined> {
  try {
    const log = await running.log();
    return log.includes(greeting) ? undefined : `it is ${JSON.stringify(log.slice(0, 200))}`;
  } catch (error) {
    return InterLinkError.from(error).message;
  }
}

async function isGone(client: KubeClient, { metadata }: Pod, signal: AbortSignal): Promise<boolean> {
  const { namespace = 'default', name = '' } = metadata ?? {};
  for (const endMs = performance.now() + goneTimeoutMs; performance.now() < endMs; await sleep(goneLookMs, signal)) {
    try {
      await client.get(pods, { namespace, name }, { signal });
    } catch (error) {
      if (isNotFound(error)) return true;
      throw error;
    }
  }
  return false;
}

function stays({ metadata }: Pod): Finding {
  return problem({
    what: `the pod ${metadata?.namespace}/${metadata?.name} is still there ${goneTimeoutMs / 1_000} s after it was deleted`,
    why: 'pods stay Terminating, and whatever replaces them waits',
    fix: 'see that the virtual kubelet runs, that it may delete pods ("permissions"), and that the sidecar answers ("sidecars")',
  });
}

function withoutLog(nodeName: string, trouble: string): Finding {
  return problem({
    what: `a pod ran on ${nodeName}, and its log did not come back: ${trouble}`,
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
  const { items } = await client.list(events, { namespace }, { fieldSelector }).catch(() => ({ items: [] }));
  const last = items.at(-1);
  return last === undefined ? undefined : `${last.reason}: ${last.message}`;
}
