import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { collectDefaultMetrics, Registry } from 'prom-client';

const document = join(import.meta.dirname, '../../docs/metrics.md');

/** What Prometheus makes itself, and what it puts on every series: `node` is put there by `prometheus.yaml`. */
const ownMetrics: ReadonlyArray<string> = ['up'];
const ownLabels: ReadonlyArray<string> = ['job', 'instance', 'node'];

/**
 * The metrics that `docs/metrics.md` has a row for, each with the labels named there, and those of Node.js. Of several rows of one name
 * (cAdvisor has the kubelet's) the labels are put together.
 */
export async function documentedMetrics(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const metrics = new Map<string, Set<string>>();
  const add = (name: string, labels: Iterable<string>) =>
    metrics.set(name, new Set([...ownLabels, ...(metrics.get(name) ?? []), ...labels]));
  for (const [, name = '', text = ''] of readFileSync(document, 'utf8').matchAll(/^\| `([a-z_]+)` \|(.*)\|$/gm)) {
    const [labels = ''] = text.split(';');
    add(
      name,
      Array.from(labels.replaceAll(/\(.*?\)/g, '').matchAll(/`(\w+)`/g), ([, label = '']) => label),
    );
  }
  const node = new Registry();
  collectDefaultMetrics({ register: node });
  for (const { name } of await node.getMetricsAsJSON()) add(name, []);
  for (const name of ownMetrics) add(name, []);
  return metrics;
}

/** The labels that a series of this name has; a histogram's series have suffixes, and `le`. Undefined when nothing makes such a metric. */
export function labelsOf(
  series: string,
  metrics: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlySet<string> | undefined {
  const own = metrics.get(series);
  if (own !== undefined) return own;
  const family = metrics.get(series.replace(/_(bucket|sum|count)$/, ''));
  return family === undefined ? undefined : new Set([...family, 'le']);
}
