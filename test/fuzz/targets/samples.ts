import { fromPodCreateRequests, parseCapabilities, parsePodCreateRequests } from '@interlink/protocol';
import { recordedJson } from '../corpus.ts';

interface Exchange {
  readonly path: string;
  readonly request: unknown;
  readonly response: unknown;
}

/** What real peers of protocol v1 said to each other. */
export const exchanges = ['virtual-kubelet-to-interlink', 'interlink-to-sidecar', 'interlink-to-slurm-plugin'].flatMap(
  (name) => recordedJson(`test/interop/testdata/v1-conversations/${name}.json`) as Exchange[],
);

export const capabilities = parseCapabilities({
  protocolVersions: ['v2'],
  backend: { kind: 'slurm', version: '1.0' },
  verbs: ['logs', 'exec'],
  volumeTypes: ['configMap', 'secret'],
  queues: true,
  pools: [
    {
      name: 'gpu',
      capacity: { cpu: '64', memory: '512Gi', pods: '200', 'nvidia.com/gpu': '8' },
      labels: { 'interlink.eu/partition': 'gpu' },
      taints: [{ key: 'example.org/gpu', value: 'a100', effect: 'NoSchedule' }],
    },
  ],
  warnings: ['the disk is nearly full'],
});

const created = exchanges.find(({ path, request }) => path === '/create' && !Array.isArray(request) && hasPod(request));

function hasPod(request: unknown): boolean {
  return typeof request === 'object' && request !== null && 'configmaps' in request;
}

/** A pod with volumes, probes and variables, as Kubernetes has it. */
export const podRequest = fromPodCreateRequests(parsePodCreateRequests(created?.request));
