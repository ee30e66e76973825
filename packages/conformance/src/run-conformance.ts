import { randomBytes, randomUUID } from 'node:crypto';
import type { Check } from './check.ts';
import { allChecks } from './checks/all-checks.ts';
import { CheckContext, type ContextOptions } from './context.ts';
import { Caller } from './http/caller.ts';
import type { ConformanceOptions } from './options.ts';
import { readSite } from './read-site.ts';
import type { CheckResult, ConformanceReport } from './report/report.ts';
import { runBounded } from './run-bounded.ts';
import { runCheck } from './run-check.ts';
import { waitUntilAnswers } from './wait-until-answers.ts';

/**
 * Runs the suite against a sidecar. Its pods are its own, under owners that it makes up, and are gone in the end.
 * @throws InterLinkError `unavailable`, `unauthenticated`, … when the sidecar can't be checked at all
 */
export async function runConformance(options: ConformanceOptions): Promise<ConformanceReport> {
  const { url, image = 'busybox:latest', patienceMs = 60_000, parallel = 8, protocol = 'auto' } = options;
  const signal = options.signal ?? new AbortController().signal;
  const startedAt = new Date();
  const caller = new Caller(url, options.token, patienceMs);
  const stranger = new Caller(url, undefined, patienceMs);
  const impostor = new Caller(url, async () => randomBytes(32).toString('base64url'), patienceMs);
  try {
    const { site, generations } = await readSite({ ...options, protocol }, caller, signal);
    const restart = async () => {
      await options.restart?.(signal);
      await waitUntilAnswers({ caller, generations, patienceMs, signal });
    };
    const cluster = `conformance-${randomUUID().slice(0, 8)}`;
    const shared = { site, caller, stranger, impostor, image, patienceMs, restart, cluster };
    const chosen = allChecks.filter(
      ({ name, generation }) => generations.includes(generation) && (options.only?.includes(name) ?? true),
    );
    const run = async (check: Check) => await runInContext(check, shared, { ...options, signal });
    const together = await runBounded(
      chosen.filter(({ isExclusive }) => isExclusive !== true),
      parallel,
      run,
    );
    const alone = await runBounded(
      chosen.filter(({ isExclusive }) => isExclusive === true),
      1,
      run,
    );
    const byName = new Map([...together, ...alone].map((result) => [result.name, result]));
    return {
      ...{ url, generations, backend: site.capabilities?.backend },
      startedAt: startedAt.toISOString(),
      durationMs: Date.now() - startedAt.getTime(),
      results: chosen.flatMap(({ name }) => byName.get(name) ?? []),
    };
  } finally {
    await Promise.all([caller.close(), stranger.close(), impostor.close()]);
  }
}

async function runInContext(
  check: Check,
  shared: Omit<ContextOptions, 'signal' | 'node'>,
  { signal, onResult }: Pick<ConformanceOptions, 'onResult'> & { signal: AbortSignal },
): Promise<CheckResult> {
  const makeContext = (own: AbortSignal) => new CheckContext({ ...shared, node: check.name, signal: own });
  const result = await runCheck(check, { site: shared.site, patienceMs: shared.patienceMs, signal, makeContext });
  onResult?.(result);
  return result;
}
