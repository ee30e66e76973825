import type { ServerResponse } from 'node:http';
import { InterLinkError } from '@interlink/protocol';
import { cadvisorMetrics } from '../metrics/cadvisor-metrics.ts';
import { expositionContentType, type MetricFamily, renderMetrics } from '../metrics/exposition.ts';
import { probeMetrics } from '../metrics/probe-metrics.ts';
import { resourceMetrics } from '../metrics/resource-metrics.ts';
import { sliMetrics } from '../metrics/sli-metrics.ts';
import { renderExactJson } from '../stats/exact-json.ts';
import { toSummary } from '../stats/summary.ts';
import type { Usage } from '../stats/usage.ts';
import { sendRefusal } from './refusal.ts';
import type { MetricsRoute } from './routes.ts';
import { notImplemented } from './stream-call.ts';

/** What is told of the node and of this process. */
export interface MetricsSource {
  readonly nodeName: string;
  /** @throws InterLinkError `unimplemented` when nobody measures */
  readUsage(): Promise<Usage>;
  /** This process' own metrics, as Prometheus reads them. */
  readOwn(): Promise<string>;
  /** The node's, as quantities. */
  capacity(): Readonly<Record<string, string>>;
  /** What the kubelet calls KubeletConfiguration, as far as it means something here. */
  configuration(): object;
  /** By name: undefined when well, else what is wrong. */
  readonly health: Readonly<Record<string, () => string | undefined>>;
}

export interface MetricsRequest {
  name: MetricsRoute;
  /** As it is in the request line. */
  query: string;
  response: ServerResponse;
}

/** Answers `/stats/summary`, `/metrics` and what is below it, and `/configz`. */
export async function answerMetrics(
  { name, query, response }: MetricsRequest,
  source: MetricsSource | undefined,
): Promise<void> {
  if (source === undefined) return sendRefusal(response, notImplemented(name));
  switch (name) {
    case 'summary':
      return await sendSummary(response, query, source);
    case 'metrics':
      return send(response, expositionContentType, await source.readOwn());
    case 'metricsResource': {
      const { usage, hasFailed } = await usageOf(source);
      return sendFamilies(response, resourceMetrics(usage, hasFailed));
    }
    case 'metricsCadvisor': {
      const { usage, hasFailed } = await usageOf(source);
      return sendFamilies(response, cadvisorMetrics(usage, { capacity: source.capacity(), hasFailed }));
    }
    case 'metricsProbes':
      return sendFamilies(response, probeMetrics());
    case 'metricsSlis':
      return sendFamilies(response, sliMetrics(source.health));
    case 'configz':
      return send(response, 'application/json', JSON.stringify({ kubeletconfig: source.configuration() }));
  }
}

/** 501 when nobody measures, 500 when the backend can't be asked. */
async function sendSummary(response: ServerResponse, query: string, source: MetricsSource): Promise<void> {
  try {
    const usage = await source.readUsage();
    const onlyCpuAndMemory = new URLSearchParams(query).get('only_cpu_and_memory') === 'true';
    const summary = toSummary(usage, { nodeName: source.nodeName, onlyCpuAndMemory });
    send(response, 'application/json', renderExactJson(summary));
  } catch (error) {
    const { code, message } = InterLinkError.from(error);
    sendRefusal(response, { status: code === 'unimplemented' ? 501 : 500, text: message });
  }
}

/** A backend that can't measure has not failed: there is just nothing to say, and no zero stands for it. */
async function usageOf(source: MetricsSource): Promise<{ usage: Usage | undefined; hasFailed: boolean }> {
  try {
    return { usage: await source.readUsage(), hasFailed: false };
  } catch (error) {
    return { usage: undefined, hasFailed: InterLinkError.from(error).code !== 'unimplemented' };
  }
}

function sendFamilies(response: ServerResponse, families: ReadonlyArray<MetricFamily>): void {
  send(response, expositionContentType, renderMetrics(families));
}

function send(response: ServerResponse, contentType: string, text: string): void {
  response.writeHead(200, { 'content-type': contentType, 'content-length': Buffer.byteLength(text) });
  response.end(text);
}
