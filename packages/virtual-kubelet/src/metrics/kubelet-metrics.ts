import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { BackendMetrics } from './backend-metrics.ts';
import { HttpMetrics } from './http-metrics.ts';
import { PodMetrics } from './pod-metrics.ts';
import { restClientObserver } from './rest-client-metrics.ts';
import { workQueueObserver } from './work-queue-metrics.ts';

/**
 * What a virtual kubelet tells of itself, under the kubelet's and client-go's names where they have one. Counted where it happens;
 * what is a state is looked up when somebody asks.
 */
export class KubeletMetrics {
  readonly registry = new Registry();
  readonly pods = new PodMetrics(this.registry);
  readonly http = new HttpMetrics(this.registry);
  readonly backend = new BackendMetrics(this.registry);
  readonly restClient = restClientObserver(this.registry);
  readonly podQueue = workQueueObserver(this.registry, 'pods');
  /** What the process needs to do its work, as `/readyz` and `/metrics/slis` name it. Filled by whoever does it. */
  readonly health: Record<string, () => string | undefined> = { node: () => 'not started yet' };

  constructor(nodeName: string) {
    collectDefaultMetrics({ register: this.registry });
    new Gauge({
      name: 'kubelet_node_name',
      help: "The node's name. The count is always 1.",
      labelNames: ['node'],
      registers: [this.registry],
    }).set({ node: nodeName }, 1);
  }
}
