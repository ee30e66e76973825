import type { TargetObserver } from '@interlink/protocol';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { ConnectionBytes } from './connection-bytes.ts';

/** What is told of one sidecar; asked whenever somebody reads the metrics. */
export interface SidecarState {
  /** Undefined once it has answered, else what is wrong. */
  readonly trouble: string | undefined;
  /** How old the answers are that InterLink gives by itself; undefined when it gives none. */
  readonly cacheAgeSeconds: number | undefined;
  /** How many requests it has made of its backend; undefined when it does not tell. */
  readonly backendRequests: number | undefined;
}

const durationBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** How InterLink's sidecars answer; their names come from the configuration. */
export class SidecarMetrics {
  readonly #registry: Registry;
  readonly #bytes = new Map<string, ConnectionBytes>();
  readonly #states = new Map<string, () => SidecarState>();
  readonly #requests;
  readonly #durations;
  readonly #retries;
  readonly #open;

  constructor(registry: Registry) {
    this.#registry = registry;
    const registers = [registry];
    this.#requests = new Counter({
      name: 'interlink_sidecar_requests_total',
      help: 'Requests sent to a sidecar, by status; `none` when there was no answer.',
      labelNames: ['sidecar', 'code'],
      registers,
    });
    this.#durations = new Histogram({
      name: 'interlink_sidecar_request_duration_seconds',
      help: "Until the headers of a sidecar's answer.",
      labelNames: ['sidecar'],
      buckets: durationBuckets,
      registers,
    });
    this.#retries = new Counter({
      name: 'interlink_sidecar_retries_total',
      help: 'Requests sent again that a sidecar had put off.',
      labelNames: ['sidecar'],
      registers,
    });
    this.#open = new Gauge({
      name: 'interlink_sidecar_answers_open',
      help: 'Answers and connections of a sidecar that are not at their end: streams above all.',
      labelNames: ['sidecar'],
      registers,
    });
    this.#countBytes('received', 'Bytes that came from a sidecar.');
    this.#countBytes('sent', 'Bytes that went to a sidecar.');
    this.#gauge('interlink_sidecar_reachable', '1 when the sidecar has answered, 0 when it does not.', ({ trouble }) =>
      trouble === undefined ? 1 : 0,
    );
    this.#gauge(
      'interlink_sidecar_cache_age_seconds',
      'How old what InterLink answers for a v1 plugin is.',
      ({ cacheAgeSeconds }) => cacheAgeSeconds,
    );
  }

  /** @param sidecar its name, as logs and `/readyz` have it */
  observerOf(sidecar: string): TargetObserver {
    const bytes = new ConnectionBytes();
    this.#bytes.set(sidecar, bytes);
    return {
      asked: () => {
        const startedAt = performance.now();
        return (status) => {
          this.#requests.inc({ sidecar, code: status ?? 'none' });
          this.#durations.observe({ sidecar }, (performance.now() - startedAt) / 1_000);
          this.#open.inc({ sidecar });
          return () => this.#open.dec({ sidecar });
        };
      },
      retried: () => this.#retries.inc({ sidecar }),
      connected: (socket) => bytes.add(socket),
    };
  }

  /** Asks this for a sidecar's state from now on. */
  show(sidecar: string, stateOf: () => SidecarState): void {
    this.#states.set(sidecar, stateOf);
  }

  /** Requests sent to each sidecar since the process started. */
  async requestsSent(): Promise<Map<string, number>> {
    const sent = new Map([...this.#states.keys()].map((name) => [name, 0]));
    for (const { labels, value } of (await this.#requests.get()).values) {
      const name = String(labels.sidecar);
      sent.set(name, (sent.get(name) ?? 0) + value);
    }
    return sent;
  }

  /** Requests that each sidecar has made of its backend, since it began, of those that tell. */
  backendRequests(): Map<string, number> {
    const told = [...this.#states].map(([name, stateOf]) => [name, stateOf().backendRequests] as const);
    return new Map(told.filter((each): each is readonly [string, number] => each[1] !== undefined));
  }

  #countBytes(way: 'received' | 'sent', help: string): void {
    const bytes = this.#bytes;
    const name = `interlink_sidecar_${way}_bytes_total`;
    new Counter({
      ...{ name, help, labelNames: ['sidecar'], registers: [this.#registry] },
      collect() {
        this.reset();
        for (const [sidecar, connections] of bytes) this.inc({ sidecar }, connections.total()[way]);
      },
    });
  }

  #gauge(name: string, help: string, read: (state: SidecarState) => number | undefined): void {
    const states = this.#states;
    new Gauge({
      ...{ name, help, labelNames: ['sidecar'], registers: [this.#registry] },
      collect() {
        this.reset();
        for (const [sidecar, stateOf] of states) {
          const value = read(stateOf());
          if (value !== undefined) this.set({ sidecar }, value);
        }
      },
    });
  }
}
