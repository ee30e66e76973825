import {
  configuredRoutes,
  detectProtocol,
  openSidecarTarget,
  type SidecarRoute,
  toInterLink,
  V1Client,
} from '@interlink/interlink';
import { type Capabilities, HttpTarget, parseCapabilities, readJson, smallBody } from '@interlink/protocol';
import { accountTokenFile, type InterLinkConfig, interLinkUrl } from '@interlink/service-kit';
import { interLinkTls, type PlannedNode } from '@interlink/virtual-kubelet';
import type { DoctorContext } from './context.ts';
import { tokenForInterLink, tokenForSidecar } from './shown-token.ts';

/** InterLink, or a sidecar: who is asked what it can do. */
export interface Peer {
  /** `InterLink`, `the sidecar docker`. */
  readonly name: string;
  readonly url: string;
  readonly target: HttpTarget;
  readonly isInterLink: boolean;
  /** What it is shown, in words. */
  readonly shown: string;
  /** That itself. @throws InterLinkError when there is none to be had */
  token(): Promise<string | undefined>;
}

export interface Described {
  readonly generation: 'v1' | 'v2';
  /** A v1 peer has none. */
  readonly capabilities: Capabilities | undefined;
}

/** InterLink as the virtual kubelet reaches it. @throws InterLinkError when a file can't be used */
export async function interLinkPeer(
  context: DoctorContext,
  config: InterLinkConfig,
  settings: NonNullable<PlannedNode['settings']['interLink']>,
): Promise<Peer> {
  const url = interLinkUrl(config);
  const token = await tokenForInterLink(config, context);
  const tls = await interLinkTls(config, settings, context.logger);
  const target = new HttpTarget({ url, token: token.current, tls, connections: 2 });
  return { name: 'InterLink', url, target, isInterLink: true, shown: token.source, token: token.current };
}

/** The sidecars as InterLink reaches them. @throws InterLinkError for a bad table or file */
export async function sidecarPeers(context: DoctorContext, config: InterLinkConfig): Promise<Peer[]> {
  const account = accountTokenFile(config, context.env);
  const open = async (route: SidecarRoute): Promise<Peer> => {
    const token = tokenForSidecar(route, account, context);
    const target = await openSidecarTarget({ route, token: token.current, logger: context.logger });
    const name = config.Sidecars === undefined ? 'the sidecar' : `the sidecar ${route.name}`;
    return { name, url: route.url, target, isInterLink: false, shown: token.source, token: token.current };
  };
  return await Promise.all(configuredRoutes(config, account).map(open));
}

/** Two small requests. @throws InterLinkError when it can't be reached, refuses the token, or makes no sense */
export async function describePeer({ target, isInterLink }: Peer): Promise<Described> {
  const generation = await detectProtocol(target);
  if (generation === 'v1') {
    await new V1Client(target, isInterLink ? { hop: toInterLink } : {}).ping();
    return { generation, capabilities: undefined };
  }
  const answer = await target.call({ method: 'GET', path: '/v2/capabilities' });
  return { generation, capabilities: parseCapabilities(await readJson(answer.body, smallBody)) };
}
