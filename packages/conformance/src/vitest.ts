import { beforeAll, describe, test } from 'vitest';
import { allChecks } from './checks/all-checks.ts';
import { ConformanceFailure } from './failure.ts';
import type { ConformanceOptions } from './options.ts';
import type { CheckResult } from './report/report.ts';
import { runConformance } from './run-conformance.ts';

const suiteTimeoutMs = 600_000;

/**
 * Registers one test per check. The suite itself runs once, before them, with its checks side by side.
 * @param options as a function when the address is known only after a `beforeAll` of yours
 */
export function describeConformance(
  name: string,
  options: ConformanceOptions | (() => ConformanceOptions | Promise<ConformanceOptions>),
): void {
  describe(name, () => {
    const results = new Map<string, CheckResult>();
    beforeAll(async () => {
      const report = await runConformance(typeof options === 'function' ? await options() : options);
      for (const result of report.results) results.set(result.name, result);
    }, suiteTimeoutMs);

    for (const check of allChecks) {
      test(check.name, ({ skip }) => {
        const result = results.get(check.name);
        if (result === undefined) return skip('not asked for');
        if (result.outcome === 'skipped') return skip(result.reason);
        if (result.outcome === 'failed') {
          throw new ConformanceFailure({
            wanted: result.wanted ?? '',
            seen: `${result.seen} (docs/protocol.md, “${result.section}”)`,
          });
        }
      });
    }
  });
}
