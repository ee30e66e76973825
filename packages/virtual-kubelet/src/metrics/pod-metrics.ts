import type { Pod } from '@interlink/kube';
import type { PodReport } from '@interlink/protocol';
import { Gauge, Histogram, type Registry } from 'prom-client';
import type { PodLookup } from '../kubelet-api/known-pod.ts';
import { PodStarts } from './pod-starts.ts';

/** The kubelet's: https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/metrics/metrics.go */
const startBuckets = [
  0.5, 1, 2, 3, 4, 5, 6, 8, 10, 20, 30, 45, 60, 120, 180, 240, 300, 360, 480, 600, 900, 1_200, 1_800, 2_700, 3_600,
];

/** What is going on with pods, as the kubelet counts it. */
export class PodMetrics {
  readonly starts: PodStarts;
  readonly #worker: Histogram<'operation_type'>;
  #pods: PodLookup | undefined;

  constructor(registry: Registry) {
    const pods = () => this.#pods;
    new Gauge({
      name: 'kubelet_running_pods',
      help: 'Number of pods that have a running container',
      registers: [registry],
      collect() {
        this.set(countStates(pods()).pods);
      },
    });
    new Gauge({
      name: 'kubelet_running_containers',
      help: 'Number of containers currently running, by state',
      labelNames: ['container_state'],
      registers: [registry],
      collect() {
        for (const [state, count] of Object.entries(countStates(pods()).containers)) {
          this.set({ container_state: state }, count);
        }
      },
    });
    this.#worker = new Histogram({
      name: 'kubelet_pod_worker_duration_seconds',
      help: 'Duration in seconds to sync a single pod. Broken down by operation type: create, sync, or terminate',
      labelNames: ['operation_type'],
      registers: [registry],
    });
    const start = (name: string, help: string) =>
      new Histogram({ name, help, buckets: startBuckets, registers: [registry] });
    this.starts = new PodStarts({
      sinceSeen: start(
        'kubelet_pod_start_duration_seconds',
        'Duration in seconds from this process seeing a pod for the first time to the pod starting to run',
      ),
      sli: start(
        'kubelet_pod_start_sli_duration_seconds',
        'Duration in seconds to start a pod since creation, without the time to pull images and run init containers',
      ),
      total: start(
        'kubelet_pod_start_total_duration_seconds',
        'Duration in seconds to start a pod since creation, with the time to pull images and run init containers',
      ),
    });
  }

  /** From now on those are counted. */
  follow(pods: PodLookup): void {
    this.#pods = pods;
  }

  /** Work on one pod is over, whether it succeeded or not. */
  onWorked(pod: Pod | undefined, isKnownToBackend: boolean, durationMs: number): void {
    const isEnding = pod === undefined || pod.metadata?.deletionTimestamp !== undefined;
    const operation_type = isEnding ? 'terminate' : isKnownToBackend ? 'sync' : 'create';
    this.#worker.observe({ operation_type }, durationMs / 1_000);
  }
}

interface StateCounts {
  pods: number;
  readonly containers: { created: number; running: number; exited: number };
}

function countStates(pods: PodLookup | undefined): StateCounts {
  const counts: StateCounts = { pods: 0, containers: { created: 0, running: 0, exited: 0 } };
  for (const { metadata } of pods?.all() ?? []) {
    const report = pods?.find(metadata?.namespace ?? '', metadata?.name ?? '')?.report;
    const states = report === undefined ? [] : statesOf(report);
    for (const state of states) counts.containers[state] += 1;
    if (states.includes('running')) counts.pods += 1;
  }
  return counts;
}

function statesOf({ status }: PodReport): Array<keyof StateCounts['containers']> {
  return [...(status.initContainerStatuses ?? []), ...status.containerStatuses].map(({ state }) => {
    if (state.running !== undefined) return 'running';
    return state.terminated === undefined ? 'created' : 'exited';
  });
}
