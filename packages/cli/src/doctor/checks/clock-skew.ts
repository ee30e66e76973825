import { askHealth } from '../../health/ask-health.ts';
import { type Check, type Finding, NotApplicable, ok, problem, warning } from '../check.ts';
import type { DoctorContext } from '../context.ts';
import { durationText } from '../lifetime.ts';

/** A `Date` header has whole seconds. */
const resolutionMs = 1_000;
const noticedMs = 5_000;
/** What `Auth.OIDC.ClockSkew` forgives unless told otherwise. */
const forgivenMs = 30_000;

export const clockSkew: Check = {
  name: 'clock-skew',
  summary:
    'The clocks of InterLink, the sidecars and the Kubernetes API agree with this one, by the `Date` of their answers.',
  sides: ['cluster', 'site'],
  run: async (context) => {
    const places = await placesOf(context);
    const findings = (await Promise.all(places.map(compare))).flat();
    if (findings.length === 0) throw new NotApplicable('nobody answered whose clock could be compared');
    return findings;
  },
};

interface Place {
  readonly name: string;
  readonly url: string;
}

async function placesOf(context: DoctorContext): Promise<Place[]> {
  const sides = await context.sides();
  const interLink = await context.interLink().then(
    (peer) => [peer],
    () => [],
  );
  const sidecars = sides.has('site') ? await context.sidecars().catch(() => []) : [];
  const access = sides.has('cluster') ? await context.loadAccess().catch(() => undefined) : undefined;
  const api = access === undefined ? [] : [{ name: 'the Kubernetes API', url: access.server.origin }];
  return [...interLink, ...sidecars, ...api].filter(({ url }) => !url.startsWith('unix://'));
}

/** Any answer will do, a refusal as well, and any certificate: it may be refused for this very clock. */
async function compare({ name, url }: Place): Promise<Finding[]> {
  const askedAtMs = Date.now();
  const answer = await askHealth(url, '/healthz').catch(() => undefined);
  const answeredAtMs = Date.now();
  if (answer?.date === undefined) return [];
  const itsMs = Date.parse(answer.date);
  // Its clock showed that second at some time between question and answer.
  const behindMs = Math.max(0, askedAtMs - (itsMs + resolutionMs));
  const aheadMs = Math.max(0, itsMs - answeredAtMs);
  const offMs = Math.max(behindMs, aheadMs);
  if (Number.isNaN(offMs)) return [];
  if (offMs < noticedMs) return [ok(`the clock of ${name} agrees with this one`)];
  const advice = {
    what: `the clock of ${name} at ${url} is ${durationText(offMs)} ${aheadMs > 0 ? 'ahead of' : 'behind'} this one`,
    why: 'tokens and certificates are refused as expired or not valid yet, and times of pods contradict each other',
    fix: 'compare both machines with `date -u`, and let chrony or systemd-timesyncd set the one that is wrong',
  };
  return [offMs < forgivenMs ? warning(advice) : problem(advice)];
}
