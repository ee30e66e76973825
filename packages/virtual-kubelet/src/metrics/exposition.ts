/** One line of a family. Labels are written in their order. */
export interface MetricSample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number | bigint | string;
  /** Milliseconds since the epoch, for what was measured some time ago. */
  readonly timeMs?: number;
}

export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly samples: ReadonlyArray<MetricSample>;
}

export const expositionContentType = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Prometheus' text format. Unlike prom-client it knows times of its own and keeps the order of labels, which readers of the
 * kubelet's metrics rely on. @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function renderMetrics(families: ReadonlyArray<MetricFamily>): string {
  return families.map(renderFamily).join('');
}

function renderFamily({ name, help, type, samples }: MetricFamily): string {
  const lines = samples.map(({ labels = {}, value, timeMs }) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
    const time = timeMs === undefined ? '' : ` ${Math.round(timeMs)}`;
    return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}${time}`;
  });
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ''].join('\n');
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

/** Nanoseconds as seconds, exactly. */
export function toSeconds(nanoseconds: bigint): string {
  const digits = String(nanoseconds).padStart(10, '0');
  const fraction = digits.slice(-9).replace(/0+$/, '');
  return fraction === '' ? digits.slice(0, -9) : `${digits.slice(0, -9)}.${fraction}`;
}
