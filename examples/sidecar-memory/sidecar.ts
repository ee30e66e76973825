import { Readable } from 'node:stream';
import { type Backend, type OwnedReport, runProcess, runSidecar } from '@interlink/sidecar-sdk';

// All of a sidecar that keeps its pods in memory and runs nothing.
const pods = new Map<string, OwnedReport>();

const backend: Backend = {
  capabilities: async () => ({
    protocolVersions: ['v2', 'v1'],
    backend: { kind: 'memory', version: '1' },
    verbs: ['create', 'delete', 'list', 'log'],
    volumeTypes: [],
    queues: false,
    durable: false,
    pools: [{ name: 'default', capacity: { cpu: '4', memory: '8Gi', pods: '10' } }],
  }),
  list: async () => [...pods.values()],
  create: async ({ pod }, owner) => {
    const { uid, namespace, name } = pod.metadata;
    const running = { state: { running: { startedAt: new Date().toISOString() } }, ready: true, restartCount: 0 };
    const containerStatuses = pod.spec.containers.map(({ name, image = '' }) => ({
      name,
      image,
      imageID: '',
      ...running,
    }));
    const report = { uid, namespace, name, status: { containerStatuses } };
    pods.set(uid, { owner, report });
    return report;
  },
  delete: async ({ uid }) => {
    pods.delete(uid);
  },
  logs: async () => Readable.from(['nothing runs here\n']),
};

const sidecar = { name: 'memory-sidecar', createBackend: async () => backend };
process.exit(await runProcess(sidecar.name, async (signal) => await runSidecar(sidecar, signal)));
