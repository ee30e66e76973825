import { faultNamesOf } from '../plan/fault-names.ts';
import type { SiteKind } from '../plan/site-kind.ts';
import type { SeedResult } from './seed-result.ts';

/** The table for docs/reliability.md, and which seeds failed by what. */
export function renderSummary(kind: SiteKind, results: ReadonlyArray<SeedResult>): string {
  const rows = faultNamesOf[kind].map((name) => {
    const met = results.filter(({ faults }) => faults.includes(name));
    const alone = met.filter(({ faults }) => faults.length === 1);
    return `| ${name} | ${countOf(alone)} | ${countOf(met.filter((result) => !alone.includes(result)))} |`;
  });
  const failed = results.filter(({ breaches }) => breaches.length > 0);
  const failures = failed.map(({ seed, faults, breaches, logs }) => {
    const details = breaches.slice(0, 5).map(({ invariant, detail }) => `\n    ${invariant}: ${detail.split('\n')[0]}`);
    return `  seed ${seed} (${faults.join(' + ')}), ${logs}${details.join('')}`;
  });
  const totals = results.map(({ seconds }) => seconds.total ?? 0).toSorted((a, b) => a - b);
  const at = (part: number) => totals[Math.min(totals.length - 1, Math.floor(totals.length * part))] ?? 0;
  return [
    '| fault | alone: endured of met | with others: endured of met |',
    '|---|---|---|',
    ...rows,
    '',
    `${countOf(results)} seeds passed; ${results.reduce((sum, { pods }) => sum + pods, 0)} pods; seconds a seed: median ${at(0.5)}, 95 of 100 below ${at(0.95)}, longest ${at(1)}`,
    ...(failures.length === 0 ? [] : ['', 'Failed:', ...failures]),
    '',
  ].join('\n');
}

function countOf(results: ReadonlyArray<SeedResult>): string {
  const endured = results.filter(({ breaches }) => breaches.length === 0).length;
  return results.length === 0 ? '–' : `${endured} of ${results.length}`;
}
