import { Readable } from 'node:stream';
import {
  type PodReport,
  type PodRequest,
  type Provider,
  ReportLog,
  runProcess,
  runProvider,
} from '@interlink/virtual-kubelet';

// All of a provider whose containers sleep: as many seconds as their first argument says, or until they are deleted.
const pods = new ReportLog();
const timers = new Map<string, NodeJS.Timeout>();
const now = () => new Date().toISOString();

function report({ pod }: PodRequest, startedAt: string, hasEnded: boolean): PodReport {
  const { uid, namespace, name } = pod.metadata;
  const state = hasEnded
    ? { terminated: { exitCode: 0, reason: 'Completed', startedAt, finishedAt: now() } }
    : { running: { startedAt } };
  const containerStatuses = pod.spec.containers.map((container) => ({
    name: container.name,
    image: container.image ?? '',
    imageID: '',
    restartCount: 0,
    ready: !hasEnded,
    state,
  }));
  return { uid, namespace, name, status: { containerStatuses } };
}

const provider: Provider = {
  capabilities: async () => ({
    protocolVersions: ['v2'],
    backend: { kind: 'sleep', version: '1' },
    verbs: ['create', 'delete', 'list', 'watch', 'log', 'exec'],
    volumeTypes: ['configMap', 'secret', 'downwardAPI', 'projected', 'emptyDir'],
    queues: false,
    pools: [{ name: 'default', capacity: { cpu: '4', memory: '8Gi', pods: '100' } }],
  }),
  createPod: async (request) => {
    const { uid } = request.pod.metadata;
    if (pods.get(uid) !== undefined) return;
    const startedAt = now();
    pods.put(report(request, startedAt, false));
    const seconds = Number(request.pod.spec.containers[0]?.args?.[0]);
    if (seconds >= 0)
      timers.set(
        uid,
        setTimeout(() => pods.put(report(request, startedAt, true)), seconds * 1_000),
      );
  },
  deletePod: async (uid) => {
    clearTimeout(timers.get(uid));
    timers.delete(uid);
    pods.remove(uid);
  },
  watchPods: (options) => pods.watch(options),
  logs: async (_uid, container) => Readable.from([`${container} sleeps\n`]),
  exec: async (_uid, _container, { command }) => ({
    stdin: undefined,
    stdout: Readable.from([`${command.join(' ')}\n`]),
    stderr: Readable.from([]),
    resize: () => undefined,
    ended: Promise.resolve({ exitCode: 0 }),
    close: () => undefined,
  }),
};

const options = {
  nodeName: process.env.NODENAME ?? 'minimal',
  kubeletPort: Number(process.env.KUBELET_PORT ?? 10_250),
};
process.exit(await runProcess('provider-minimal', async (signal) => await runProvider(provider, options, signal)));
