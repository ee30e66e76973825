import { type Capabilities, type ErrorCode, InterLinkError } from '@interlink/protocol';
import { type Advice, type Finding, NotApplicable, ok, problem, warning } from './check.ts';
import type { DoctorContext } from './context.ts';
import type { Described, Peer } from './peers.ts';

/** Whether it answers, and what it says of itself. */
export async function lookAtPeer(peer: Peer, context: DoctorContext): Promise<Finding[]> {
  let described: Described;
  try {
    described = await context.describe(peer);
  } catch (error) {
    if (error instanceof NotApplicable) throw error;
    return [problem(adviceFor(peer, InterLinkError.from(error)))];
  }
  const { capabilities, generation } = described;
  if (capabilities === undefined)
    return [ok(`${peer.name} at ${peer.url} answers, by protocol ${generation}: it does not say what it can do`)];
  return [
    ok(`${peer.name} at ${peer.url} answers: ${inWords(capabilities)}`),
    ...warningsOf(peer, capabilities, await toldBySidecars(peer, context)),
  ];
}

function inWords({ protocolVersions, backend, verbs, pools }: Capabilities): string {
  const names = pools.map(({ name }) => name).join(', ');
  return `protocol ${protocolVersions.join(' and ')}, ${backend.kind} ${backend.version}, pools: ${names || 'none'}, verbs: ${verbs.join(', ') || 'none'}`;
}

/** What InterLink passes on of its sidecars' warnings, where they are asked themselves. */
async function toldBySidecars({ isInterLink }: Peer, context: DoctorContext): Promise<ReadonlyArray<string>> {
  if (!isInterLink || !(await context.sides()).has('site')) return [];
  const sidecars = await context.sidecars().catch(() => []);
  const described = await Promise.all(sidecars.map((each) => context.describe(each).catch(() => undefined)));
  return described.flatMap((each) => each?.capabilities?.warnings ?? []);
}

function warningsOf(
  { name }: Peer,
  { warnings = [], pools }: Capabilities,
  toldElsewhere: ReadonlyArray<string>,
): Finding[] {
  // InterLink names the sidecar before its warning, where there are several.
  const own = warnings.filter((told) => !toldElsewhere.some((other) => told === other || told.endsWith(`: ${other}`)));
  const ofPools = pools.length > 0 ? [] : ['it announces no pool: nodes have only what the provider file gives them'];
  return [...own, ...ofPools].map((told) =>
    warning({
      what: `${name}: ${told}`,
      why: 'pods run all the same, with that limitation: one that relies on more is refused, or behaves otherwise than in a cluster',
      fix: 'where no pod here relies on it, leave it; else set the backend up for it, as the sidecar’s page says (docs/README.md lists them)',
    }),
  );
}

/** What each kind of failure comes to. */
function adviceFor(peer: Peer, { code, message }: InterLinkError): Advice {
  const { name, url, shown } = peer;
  const advice: Partial<Record<ErrorCode, Omit<Advice, 'what'>>> = {
    unauthenticated: {
      why: `${name} does not know what it was shown (${shown}): nobody can run pods by it`,
      fix: peer.isInterLink
        ? 'write the token of InterLink (Auth.TokenFile, or a row of Auth.Tokens, at the site) into VKTokenFile, or name InterLink’s audience in Auth.Client.Audience'
        : 'give both the same Auth.TokenFile, or name the sidecar’s in its row of Sidecars (TokenFile)',
    },
    permission_denied: {
      why: `${name} knows who calls, and does not let him`,
      fix: 'add a grant for this caller to Policy.Grants at the site, or ask who may; see docs/security.md',
    },
    deadline_exceeded: {
      why: 'packets seem to get lost: a firewall, or a host that is down or overloaded',
      fix: `try from here: curl -v ${url}/healthz; have the port opened for this machine`,
    },
    unavailable: {
      why: peer.isInterLink
        ? 'the node shows InterLinkConnectivity, and pods wait'
        : 'InterLink answers 503 for its nodes, and pods wait',
      fix: peer.isInterLink
        ? 'start InterLink, or mend the proxy before it, and see that InterlinkURL, InterlinkPort and TLS.CACertFile are the same at both ends'
        : 'start the sidecar, and see that SidecarURL and SidecarPort, or its row of Sidecars, are where it listens',
    },
  };
  const other = { why: 'pods can’t be run by it', fix: `see the log of ${name}` };
  return { what: `${name} at ${url}: ${withoutAddress(message, url)}`, ...(advice[code] ?? other) };
}

/** Errors of connections begin with where they went to. */
function withoutAddress(message: string, url: string): string {
  return [`Cannot reach ${url}: `, `${url} `].reduce(
    (rest, prefix) => (rest.startsWith(prefix) ? rest.slice(prefix.length) : rest),
    message,
  );
}
