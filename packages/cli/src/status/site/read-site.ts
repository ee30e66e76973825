import { InterLinkError, type Owner, PodClient, type PodReport } from '@interlink/protocol';
import { type Described, describePeer, type Peer } from '../../doctor/peers.ts';
import { inWords } from '../in-words.ts';
import type { PeerStatus } from '../report/status-report.ts';

/** What was read of one owner's pods. */
export interface OwnerReports {
  readonly owner: Owner;
  readonly reports: ReadonlyArray<PodReport>;
  /** RFC 3339; undefined: it was never told. */
  readonly heardAt: string | undefined;
  /** Why there is no news; undefined: there is. */
  readonly trouble: string | undefined;
}

/** What was read of a site. */
export interface SiteFacts {
  readonly peers: ReadonlyArray<PeerStatus>;
  readonly owners: ReadonlyArray<OwnerReports>;
}

/** What a peer says of itself, asked anew. Never throws: that it gives no answer is what there is to show. */
export async function readPeer(peer: Peer): Promise<PeerStatus> {
  const { name, url } = peer;
  try {
    return { name, url, trouble: undefined, ...inShort(await describePeer(peer)) };
  } catch (error) {
    return { name, url, trouble: inWords(error), protocols: [], backend: undefined, pools: [], warnings: [] };
  }
}

function inShort({ generation, capabilities }: Described): Omit<PeerStatus, 'name' | 'url' | 'trouble'> {
  if (capabilities === undefined) return { protocols: [generation], backend: undefined, pools: [], warnings: [] };
  const { protocolVersions, backend, pools, warnings = [] } = capabilities;
  return {
    protocols: protocolVersions,
    backend: `${backend.kind} ${backend.version}`,
    pools: pools.map(({ name, capacity }) => ({ name, capacity })),
    warnings,
  };
}

/** One list of an owner's pods, by InterLink. Never throws. */
export async function readOwner(interLink: Peer, owner: Owner, signal: AbortSignal): Promise<OwnerReports> {
  try {
    const reports = await new PodClient(interLink.target, owner).listPods(signal);
    return { owner, reports, heardAt: new Date().toISOString(), trouble: undefined };
  } catch (error) {
    return { owner, reports: [], heardAt: undefined, trouble: whyNoPods(error) };
  }
}

/** Why there are no pods to be shown. Where v2's paths are not known, that is usually all there is to it. */
export function whyNoPods(error: unknown): string {
  const { code, message } = InterLinkError.from(error);
  return code === 'not_found' ? `${message} (an InterLink that speaks protocol v1 lists no pods)` : message;
}
