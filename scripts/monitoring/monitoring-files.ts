import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** Where the files are that this reads. */
export const monitoringFolder = join(import.meta.dirname, '../../deploy/monitoring');

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string; readonly runbook_url: string };
}

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly h: number; readonly w: number; readonly x: number; readonly y: number };
  readonly datasource?: { readonly uid: string };
  readonly targets?: ReadonlyArray<{
    readonly refId: string;
    readonly expr: string;
    readonly legendFormat: string;
    readonly datasource: { readonly uid: string };
  }>;
}

/** A query, and where it stands, for messages. */
export interface Query {
  readonly where: string;
  readonly expr: string;
}

interface Dashboard {
  readonly uid: string;
  readonly templating: { readonly list: ReadonlyArray<{ readonly name: string; readonly definition?: string }> };
  readonly panels: ReadonlyArray<Panel>;
}

export function readAlerts(): AlertRule[] {
  const { groups } = parse(read('alerts.yaml')) as { groups: ReadonlyArray<{ rules: ReadonlyArray<AlertRule> }> };
  return groups.flatMap(({ rules }) => rules);
}

/** Names of the alerts that `alerts.test.yaml` expects to fire. */
export function readTestedAlerts(): string[] {
  const fired = [...read('alerts.test.yaml').matchAll(/labels: 'ALERTS\{alertname="(\w+)", alertstate="firing"/g)];
  return fired.map(([, name = '']) => name);
}

export function readDashboard(): Dashboard {
  return JSON.parse(read('grafana/interlink.json')) as Dashboard;
}

/** `prometheus.yaml` with its aliases resolved. */
export function readScrapeConfiguration(): Record<string, unknown> & { scrape_configs: Record<string, unknown>[] } {
  return parse(read('prometheus.yaml')) as ReturnType<typeof readScrapeConfiguration>;
}

/** Every expression that Prometheus is asked by alerts, panels and variables. */
export function readQueries(): Query[] {
  const { panels, templating } = readDashboard();
  return [
    ...readAlerts().map(({ alert, expr }) => ({ where: alert, expr })),
    ...panels.flatMap(({ title, targets = [] }) =>
      targets.map(({ refId, expr }) => ({ where: `panel ${title} ${refId}`, expr })),
    ),
    ...templating.list.flatMap(({ name, definition }) => {
      const [, expr] = /^label_values\((.*), \w+\)$/.exec(definition ?? '') ?? [];
      return expr === undefined ? [] : [{ where: `variable ${name}`, expr }];
    }),
  ];
}

function read(path: string): string {
  return readFileSync(join(monitoringFolder, path), 'utf8');
}
