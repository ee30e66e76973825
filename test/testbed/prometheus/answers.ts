// What Prometheus' API answers, as far as it is read: https://prometheus.io/docs/prometheus/latest/querying/api/

export interface QueryResult {
  readonly metric: Readonly<Record<string, string>>;
  /** When, and the number as text. */
  readonly value: readonly [number, string];
}

export interface ScrapeTarget {
  readonly scrapeUrl: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly health: 'up' | 'down' | 'unknown';
  readonly lastError: string;
}

export interface PrometheusRule {
  readonly name: string;
  /** `unknown` until it was evaluated. */
  readonly health: 'ok' | 'err' | 'unknown';
  readonly lastError?: string;
}

export interface ActiveAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing';
}
