import { TokenFile } from '@interlink/service-kit';
import { type Check, type Finding, NotApplicable, ok, problem, warning } from '../check.ts';
import { configuredSecrets } from '../configured-secrets.ts';
import type { DoctorContext } from '../context.ts';
import { type Claims, claimsOf } from '../json-web-token.ts';
import { durationText } from '../lifetime.ts';

/** A token whose last tenth has begun should have been renewed. */
const lastPart = 0.1;

interface KnownToken {
  readonly what: string;
  readonly token: string;
  /** It is shown to InterLink, rather than to the Kubernetes API. */
  readonly isForInterLink: boolean;
}

export const tokenClaims: Check = {
  name: 'token-claims',
  summary:
    'Tokens that say how long they are good, for whom and by whom (JSON Web Tokens) are good now, and for the audience and issuer of `Auth.OIDC`; that of the kubeconfig as well.',
  sides: ['cluster', 'site'],
  run: async (context) => {
    const tokens = [...(await tokensInFiles(context)), ...(await issuedToken(context)), ...(await kubeToken(context))];
    const findings = await Promise.all(tokens.map(async (token) => await lookAt(token, context)));
    const found = findings.flat();
    if (found.length === 0)
      throw new NotApplicable('no token says anything of itself: whether it is let in shows at InterLink');
    return found;
  },
};

async function tokensInFiles(context: DoctorContext): Promise<KnownToken[]> {
  const files = (await configuredSecrets(context)).filter(({ isToken }) => isToken);
  const read = files.map(async ({ key, path }): Promise<KnownToken[]> => {
    const token = await new TokenFile(path).current().catch(() => undefined);
    return token === undefined ? [] : [{ what: `${key} ${path}`, token, isForInterLink: true }];
  });
  return (await Promise.all(read)).flat();
}

/** That of `Auth.Client`; what is wrong with the issuer is told by the check "interlink". */
async function issuedToken(context: DoctorContext): Promise<KnownToken[]> {
  const { 'Auth.Client': client } = await context.config();
  if (client === undefined || !(await context.sides()).has('cluster')) return [];
  const token = await context.interLink().then(
    async (peer) => await peer.token().catch(() => undefined),
    () => undefined,
  );
  return token === undefined ? [] : [{ what: `the token of ${client.Issuer}`, token, isForInterLink: true }];
}

async function kubeToken(context: DoctorContext): Promise<KnownToken[]> {
  if (!(await context.sides()).has('cluster')) return [];
  const access = await context.loadAccess().catch(() => undefined);
  const headers = (await access?.credentials().catch(() => undefined))?.headers;
  const [scheme, token] = String(headers?.authorization ?? '').split(' ');
  if (token !== undefined) context.secrets.add(token);
  if (token === undefined || scheme !== 'Bearer') return [];
  return [{ what: `the token of ${access?.source}`, token, isForInterLink: false }];
}

async function lookAt({ what, token, isForInterLink }: KnownToken, context: DoctorContext): Promise<Finding[]> {
  context.secrets.add(token);
  const claims = claimsOf(token);
  if (claims === undefined) return [];
  const findings = [lifetimeOf(what, claims)];
  const { 'Auth.OIDC': expected, 'Auth.Client': client } = await context.config();
  if (!isForInterLink) return findings;
  const audiences = expected === undefined ? client?.Audience : expected.Audience;
  return [
    ...findings,
    ...audienceOf(what, claims, [audiences ?? []].flat()),
    ...issuerOf(what, claims, expected?.Issuer),
  ];
}

function lifetimeOf(what: string, { expiresAtMs, notBeforeMs, issuedAtMs }: Claims): Finding {
  const nowMs = Date.now();
  const renew = 'get a new one from its issuer; let `Auth.Client` renew it, see docs/token.md';
  if (expiresAtMs !== undefined && expiresAtMs <= nowMs)
    return problem({
      what: `${what} expired ${durationText(nowMs - expiresAtMs)} ago`,
      why: 'whoever is shown it answers 401, and the node shows InterLinkConnectivity: pods wait',
      fix: renew,
    });
  if (notBeforeMs !== undefined && notBeforeMs > nowMs)
    return problem({
      what: `${what} is good in ${durationText(notBeforeMs - nowMs)} only`,
      why: 'until then it is refused with 401',
      fix: 'compare the clocks of this machine and of the issuer: see "clock-skew"',
    });
  if (expiresAtMs === undefined) return ok(`${what} does not expire`);
  const leftMs = expiresAtMs - nowMs;
  const wholeMs = issuedAtMs === undefined ? undefined : expiresAtMs - issuedAtMs;
  if (leftMs >= (wholeMs ?? 0) * lastPart) return ok(`${what} is good for another ${durationText(leftMs)}`);
  return warning({
    what: `${what} expires in ${durationText(leftMs)}`,
    why: 'more than nine tenths of its time are over: whoever renews it seems not to be at work',
    fix: renew,
  });
}

function audienceOf(what: string, { audiences }: Claims, wanted: ReadonlyArray<string>): Finding[] {
  if (wanted.length === 0 || audiences.some((audience) => wanted.includes(audience))) return [];
  return [
    problem({
      what: `${what} is for ${audiences.length === 0 ? 'nobody named' : audiences.join(', ')}; wanted: ${wanted.join(' or ')}`,
      why: 'InterLink refuses tokens that are for somebody else (`Auth.OIDC.Audience`)',
      fix: 'have the issuer put that audience into the token: `Auth.Client.Audience`, or a mapper at the issuer',
    }),
  ];
}

function issuerOf(what: string, { issuer }: Claims, wanted: string | undefined): Finding[] {
  if (wanted === undefined || issuer === undefined || issuer === wanted) return [];
  return [
    problem({
      what: `${what} is of the issuer ${issuer}; Auth.OIDC.Issuer is ${wanted}`,
      why: 'InterLink compares them letter by letter, a slash at the end included, and refuses the token',
      fix: 'write the issuer into Auth.OIDC.Issuer as its tokens have it in `iss`',
    }),
  ];
}
