import { cleanText } from '@interlink/virtual-kubelet';
import type { Finding } from '../check.ts';
import type { DoctorReport } from './report.ts';

/** More is no message. */
const maxTextBytes = 2_000;
/** Shorter ones would be found in any text. */
const leastSecretLength = 6;

/** Makes a text fit to be shown: no secret in it, whoever repeated it, and nothing that drives a terminal. */
export function cleaner(secrets: ReadonlySet<string>): (text: string) => string {
  const known = [...secrets].filter((secret) => secret.length >= leastSecretLength);
  return (text) =>
    cleanText(
      known.reduce((rest, secret) => rest.replaceAll(secret, '…').replaceAll(encodeURIComponent(secret), '…'), text),
      maxTextBytes,
    );
}

/** The report as it may be shown. */
export function redact(report: DoctorReport, secrets: ReadonlySet<string>): DoctorReport {
  const clean = cleaner(secrets);
  const cleanFinding = (finding: Finding): Finding => {
    if (finding.outcome === 'ok' || finding.outcome === 'skipped') return { ...finding, what: clean(finding.what) };
    return { ...finding, what: clean(finding.what), why: clean(finding.why), fix: clean(finding.fix) };
  };
  const checks = report.checks.map((check) => ({ ...check, findings: check.findings.map(cleanFinding) }));
  return { ...report, checks };
}
