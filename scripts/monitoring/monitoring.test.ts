import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { documentedMetrics, labelsOf } from './documented-metrics.ts';
import {
  monitoringFolder,
  readAlerts,
  readDashboard,
  readQueries,
  readScrapeConfiguration,
  readTestedAlerts,
} from './monitoring-files.ts';
import { readsOf } from './selectors.ts';

const metrics = await documentedMetrics();
const alerts = readAlerts();
const runbook = readFileSync(join(import.meta.dirname, '../../docs/runbook.md'), 'utf8');
const sections = new Map(runbook.split('\n### ').map((text) => [text.split('\n')[0] ?? '', text]));
const jobs = readScrapeConfiguration().scrape_configs.map(({ job_name }) => String(job_name));

test.each(readQueries())('$where asks only for metrics and labels that docs/metrics.md has', ({ expr }) => {
  const { selectors, grouping } = readsOf(expr);
  expect(selectors.length).toBeGreaterThan(0);
  const known = new Set<string>();
  for (const { metric, labels } of selectors) {
    const has = labelsOf(metric, metrics);
    expect(has, metric).toBeDefined();
    for (const label of labels) expect([...(has ?? [])], metric).toContain(label);
    for (const label of has ?? []) known.add(label);
  }
  for (const label of grouping) expect([...known]).toContain(label);
});

test.each(readQueries())('$where knows jobs by the names that prometheus.yaml gives them', ({ expr }) => {
  for (const [, value = ''] of expr.matchAll(/job=~?"([^"]*)"/g))
    for (const job of value.split('|')) expect(jobs).toContain(job);
});

describe('alerts.yaml', () => {
  test('has each alert once', () => {
    const names = alerts.map(({ alert }) => alert);
    expect(names.length).toBeGreaterThan(20);
    expect(new Set(names).size).toBe(names.length);
  });

  test.each(alerts)('$alert says what is wrong, has a time, a severity, and a unit test', (rule) => {
    const { summary, description } = rule.annotations;
    expect(summary.length).toBeGreaterThan(10);
    expect(description.length).toBeGreaterThan(20);
    expect(rule.for).toMatch(/^\d+m$/);
    expect(['critical', 'warning']).toContain(rule.labels.severity);
    expect(readTestedAlerts()).toContain(rule.alert);
  });

  test.each(alerts)('$alert has a section in docs/runbook.md', ({ alert, annotations }) => {
    expect(annotations.runbook_url).toBe(`docs/runbook.md#${alert.toLowerCase()}`);
    const section = sections.get(alert);
    for (const part of ['Users see', 'Look', 'Mend']) expect(section).toContain(`- **${part}**: `);
  });

  test('has an alert for each section of the runbook', () => {
    const titles = [...sections.keys()].filter((title) => title.startsWith('InterLink'));
    expect(titles.sort()).toEqual(alerts.map(({ alert }) => alert).sort());
  });
});

describe('the dashboard', () => {
  const { panels, templating } = readDashboard();

  test('has panels with a title and a place of their own, each with queries that say what they show', () => {
    expect(panels.length).toBeGreaterThan(20);
    for (const key of ['id', 'title'] as const)
      expect(new Set(panels.map((panel) => panel[key])).size).toBe(panels.length);
    for (const { type, title, targets = [] } of panels) {
      expect(targets.length > 0, title).toBe(type !== 'row');
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
      for (const { expr, legendFormat } of targets) {
        expect(expr.trim(), title).not.toBe('');
        expect(legendFormat, title).not.toBe('');
      }
    }
  });

  test('has no two panels in one place, and none beside the grid', () => {
    const places = panels.map(({ title, gridPos: { x, y, w, h } }) => ({ title, x, y, w, h }));
    for (const [index, one] of places.entries()) {
      expect(one.x + one.w, one.title).toBeLessThanOrEqual(24);
      const over = places
        .slice(index + 1)
        .filter((o) => o.x < one.x + one.w && one.x < o.x + o.w && o.y < one.y + one.h && one.y < o.y + o.h);
      expect(over, one.title).toEqual([]);
    }
  });

  test('asks the data source that is chosen', () => {
    expect(templating.list.map(({ name }) => name)).toContain('datasource');
    for (const { datasource, targets = [] } of panels.filter(({ type }) => type !== 'row'))
      for (const { uid } of [datasource ?? { uid: '' }, ...targets.map((target) => target.datasource)])
        expect(uid).toBe(`\${datasource}`);
  });

  test('uses only variables that it has', () => {
    const text = readFileSync(join(monitoringFolder, 'grafana/interlink.json'), 'utf8');
    const names = templating.list.map(({ name }) => name);
    for (const [, name = ''] of text.matchAll(/\$\{?([a-z]\w*)/g)) expect(names).toContain(name);
  });
});

test('docs/runbook.md links to sections that are there', () => {
  for (const [, file = '', anchor] of runbook.matchAll(/\]\(([a-z]+\.md)(?:#([\w-]+))?\)/g)) {
    const text = readFileSync(join(import.meta.dirname, '../../docs', file), 'utf8');
    if (anchor === undefined) continue;
    const anchors = Array.from(text.matchAll(/^#+ (.*)$/gm), ([, title = '']) => toAnchor(title));
    expect(anchors, `${file}#${anchor}`).toContain(anchor);
  }
});

/** As forges make them of headings. */
function toAnchor(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}
