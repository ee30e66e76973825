import { InterLinkError } from '@interlink/protocol';
import { interLinkConfigFile } from '@interlink/service-kit';
import type { Check } from './check.ts';
import { allChecks } from './checks/all-checks.ts';
import { DoctorContext, type DoctorOptions } from './context.ts';
import { redact } from './report/redact.ts';
import type { DoctorReport } from './report/report.ts';
import { runChecks } from './run-checks.ts';

/** Looks at everything that usually goes wrong and changes nothing. @throws InterLinkError `cancelled` by the signal */
export async function runDoctor(
  options: DoctorOptions,
  signal: AbortSignal,
  checks: ReadonlyArray<Check> = allChecks,
): Promise<DoctorReport> {
  const context = new DoctorContext(options);
  const startedAt = new Date().toISOString();
  try {
    const results = await runChecks(checks, context, signal);
    const sides = [...(await context.sides())];
    const configuration = await interLinkConfigFile(context.env);
    return redact({ sides, configuration, startedAt, checks: results }, context.secrets);
  } catch (error) {
    throw InterLinkError.from(error);
  } finally {
    await context.close();
  }
}
