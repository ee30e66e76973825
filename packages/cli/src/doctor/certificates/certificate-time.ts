import type { X509Certificate } from 'node:crypto';
import { type Finding, ok, problem, warning } from '../check.ts';
import { durationText } from '../lifetime.ts';

/** Two weeks: time for somebody to be back from holiday. */
const soonMs = 14 * 86_400_000;
/** One that lives for less than that is renewed by a program, which begins at a third of its time at the latest. */
const lastPart = 0.25;

type Times = Pick<X509Certificate, 'validFrom' | 'validTo'>;

/** Whether a certificate is in its time. @param renew how to get a new one */
export function timeOf(what: string, { validFrom, validTo }: Times, renew: string): Finding {
  const [fromMs, toMs, nowMs] = [Date.parse(validFrom), Date.parse(validTo), Date.now()];
  if (nowMs > toMs)
    return problem({
      what: `${what} expired ${durationText(nowMs - toMs)} ago`,
      why: 'every peer refuses the connection',
      fix: renew,
    });
  if (nowMs < fromMs)
    return problem({
      what: `${what} is valid in ${durationText(fromMs - nowMs)} only`,
      why: 'every peer refuses the connection until then',
      fix: 'if it was issued just now, the clock of this machine or of its issuer is wrong: see "clock-skew"',
    });
  const leftMs = toMs - nowMs;
  if (leftMs > Math.min(soonMs, (toMs - fromMs) * lastPart))
    return ok(`${what} is valid for another ${durationText(leftMs)}`);
  return warning({
    what: `${what} expires in ${durationText(leftMs)}`,
    why: 'from then on every peer refuses the connection',
    fix: `${renew} (files are read again by themselves)`,
  });
}
