import { Readable } from 'node:stream';
import type { Owner, PodReport } from '@interlink/protocol';
import type { Backend, News, SidecarDefinition } from '@interlink/sidecar-sdk';

/** A pod of the pictures. Times are minutes before now; negative ones are to come. */
interface ShownPod {
  readonly node: string;
  readonly name: string;
  readonly jobID?: string;
  readonly started?: number;
  readonly ended?: { readonly minutes: number; readonly exitCode: number; readonly reason: string };
  readonly queue?: { readonly reason: string; readonly starts?: number };
}

const image = 'ghcr.io/example/trainer:2.4';
const slurm = 'hpc-slurm';
const edge = 'edge-docker';
export const shownNodes: ReadonlyArray<string> = [slurm, edge];

const pods: ReadonlyArray<ShownPod> = [
  { node: slurm, name: 'climate/ensemble-017', jobID: '48211', queue: { reason: 'Priority', starts: -95 } },
  { node: slurm, name: 'climate/ensemble-016', jobID: '48210', queue: { reason: 'Resources', starts: -12 } },
  { node: slurm, name: 'climate/ensemble-015', jobID: '48197', started: 41 },
  { node: slurm, name: 'climate/ensemble-014', jobID: '48195', started: 44 },
  { node: slurm, name: 'ml/train-resnet-0', jobID: '48190', started: 63 },
  { node: slurm, name: 'ml/train-resnet-1', jobID: '48191', started: 63 },
  {
    ...{ node: slurm, name: 'ml/tune-batch-512', jobID: '48188', started: 80 },
    ended: { minutes: 71, exitCode: 137, reason: 'OOMKilled' },
  },
  {
    ...{ node: slurm, name: 'genomics/align-chr21', jobID: '48172', started: 190 },
    ended: { minutes: 31, exitCode: 0, reason: 'Completed' },
  },
  {
    ...{ node: slurm, name: 'genomics/align-chr22', jobID: '48173', started: 188 },
    ended: { minutes: 47, exitCode: 0, reason: 'Completed' },
  },
  { node: edge, name: 'sensors/collector-7d9f', started: 300 },
  { node: edge, name: 'sensors/dashboard-5c44', started: 300 },
];

/** Of the pod that has a picture of its own. */
const log = `epoch 11/40  loss 0.8127  accuracy 0.7214  1431 images/s
epoch 12/40  loss 0.7703  accuracy 0.7391  1428 images/s
epoch 13/40  loss 0.7344  accuracy 0.7502  1430 images/s
checkpoint written to /data/checkpoints/resnet-0013.pt
epoch 14/40  loss 0.7058  accuracy 0.7610  1433 images/s
epoch 15/40  loss 0.6791  accuracy 0.7688  1427 images/s
`;
export const shownPod = { node: slurm, uid: uidOf(4) };

/** Reports of pods that never were: a site as one may have it. What it says goes through the whole of InterLink, as anybody's would. */
export const shownSidecar: SidecarDefinition = { name: 'shown-sidecar', createBackend: async () => backend };

let told: News | undefined;

/** What has happened to the pod of the pictures: InterLink keeps no events from before somebody watches. */
export function tellEvents(): void {
  told?.event(shownPod.uid, { type: 'Normal', reason: 'Pulled', message: `Image ${image} is on the cluster` });
  told?.event(shownPod.uid, { type: 'Normal', reason: 'Started', message: 'Slurm started job 48190 on node gpu07' });
}

const backend: Backend = {
  capabilities: async () => ({
    ...{ protocolVersions: ['v2'], backend: { kind: 'slurm', version: '24.11.5' }, durable: true, queues: true },
    verbs: ['create', 'delete', 'list', 'log'],
    volumeTypes: [],
    pools: [{ name: 'a100', capacity: { cpu: '512', memory: '4Ti', 'nvidia.com/gpu': '64', pods: '500' } }],
  }),
  list: async () => pods.map((pod, index) => ({ owner: ownerOf(pod), report: reportOf(pod, index) })),
  create: async () => {
    throw new Error('These pods are for pictures: there are no others');
  },
  delete: async () => undefined,
  logs: async (_pod, _container, { follow }, signal) => Readable.from(shownLog(follow === true ? signal : undefined)),
  watch: async (news, signal) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => resolve(), { once: true });
    for (const [index, pod] of pods.entries()) news.report({ owner: ownerOf(pod), report: reportOf(pod, index) });
    told = news;
    await promise;
  },
};

/** @param signal how long it is followed; undefined: not at all */
async function* shownLog(signal: AbortSignal | undefined): AsyncGenerator<string> {
  yield log;
  if (signal === undefined || signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

function ownerOf({ node }: ShownPod): Owner {
  return { cluster: 'c1', node };
}

function reportOf({ name: fullName, jobID, started, ended, queue }: ShownPod, index: number): PodReport {
  const [namespace = '', name = ''] = fullName.split('/');
  const running = started === undefined ? undefined : { startedAt: minutesAgo(started) };
  const { exitCode = 0, reason = '' } = ended ?? {};
  const state =
    running === undefined
      ? { waiting: { reason: 'ContainerCreating' } }
      : ended === undefined
        ? { running }
        : { terminated: { ...running, exitCode, reason, finishedAt: minutesAgo(ended.minutes) } };
  const isRunning = running !== undefined && ended === undefined;
  const estimatedStart = queue?.starts === undefined ? {} : { estimatedStart: minutesAgo(queue.starts) };
  return {
    ...{ uid: uidOf(index), namespace, name },
    status: {
      containerStatuses: [{ name: 'main', image, imageID: '', ready: isRunning, restartCount: 0, state }],
      ...(jobID === undefined ? {} : { jobID }),
      ...(running === undefined ? {} : { startTime: running.startedAt }),
      ...(queue === undefined ? {} : { queue: { state: 'PENDING', reason: queue.reason, ...estimatedStart } }),
    },
  };
}

function uidOf(index: number): string {
  return `5f0c9d1e-7a42-4b86-9c3d-${String(0xa1b2c3d4e5 + index).padStart(12, '0')}`;
}

function minutesAgo(minutes: number): string {
  return new Date(Date.now() - minutes * 60_000).toISOString().replace(/\.\d+Z$/, 'Z');
}
