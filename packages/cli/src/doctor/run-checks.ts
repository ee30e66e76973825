import { InterLinkError } from '@interlink/protocol';
import { type Check, type Finding, NotApplicable, problem, type Side } from './check.ts';
import type { DoctorContext } from './context.ts';
import type { CheckResult } from './report/report.ts';

const defaultTimeoutMs = 10_000;

/** Runs all checks of these sides at once, each within its time; in their order. Never throws for what a check throws. */
export async function runChecks(
  checks: ReadonlyArray<Check>,
  context: DoctorContext,
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const here = await context.sides();
  return await Promise.all(
    checks.map(async (check) => {
      const { name, sides } = check;
      const startedAt = performance.now();
      const findings = sides.some((side) => here.has(side))
        ? await findingsOf(check, context, signal)
        : [elsewhere(sides)];
      return { name, durationMs: Math.round(performance.now() - startedAt), findings };
    }),
  );
}

function elsewhere(sides: ReadonlyArray<Side>): Finding {
  return {
    outcome: 'skipped',
    what: `is of the ${sides.join(' or ')} side (--side ${sides[0]} looks there all the same)`,
  };
}

async function findingsOf(check: Check, context: DoctorContext, signal: AbortSignal): Promise<ReadonlyArray<Finding>> {
  const { timeoutMs = defaultTimeoutMs } = check;
  const overdue = AbortSignal.timeout(timeoutMs);
  const either = AbortSignal.any([signal, overdue]);
  try {
    return await Promise.race([check.run(context, either), failsWith(either)]);
  } catch (error) {
    if (error instanceof NotApplicable) return [{ outcome: 'skipped', what: error.message }];
    if (signal.aborted) throw InterLinkError.from(signal.reason);
    if (overdue.aborted) return [late(timeoutMs)];
    return [broken(error)];
  }
}

async function failsWith(signal: AbortSignal): Promise<never> {
  return await new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

function late(timeoutMs: number): Finding {
  return problem({
    what: `no answer within ${timeoutMs / 1_000} s`,
    why: 'what is looked at here hangs, and so will whoever needs it',
    fix: 'look whether the other end is overloaded, or whether a firewall drops packets in silence; then run the doctor again',
  });
}

function broken(error: unknown): Finding {
  return problem({
    what: `the check itself failed: ${InterLinkError.from(error).message}`,
    why: 'nothing is known of what it looks at',
    fix: 'if the message does not say what to do, report it with the output of `interlink doctor -o json`',
  });
}
