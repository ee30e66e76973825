import { InterLinkError, PodClient } from '@interlink/protocol';
import { sleep } from '@interlink/service-kit';
import { DoctorContext } from '../doctor/context.ts';
import { Bell } from './bell.ts';
import { ClusterWatch } from './cluster/cluster-watch.ts';
import { orNote, ownersHere, readPeers } from './read-status.ts';
import type { StatusReport } from './report/status-report.ts';
import { OwnerWatch } from './site/owner-watch.ts';
import type { SiteFacts } from './site/read-site.ts';
import type { StatusOptions } from './status-options.ts';
import { toReport } from './to-report.ts';

/** However much happens: eyes are no faster. */
const leastIntervalMs = 1_000;
/** How often peers are asked whether they are there: nobody pushes that. */
const peerIntervalMs = 10_000;

/** What following has in common. */
interface Following {
  readonly context: DoctorContext;
  readonly options: StatusOptions;
  readonly bell: Bell;
  readonly signal: AbortSignal;
}

/**
 * Shows the status each time it has changed, until the signal aborts: what happens is pushed by the Kubernetes API and by InterLink. Whose
 * pods are followed at the site is found out at the beginning.
 * @throws InterLinkError `invalid_argument` for a configuration that does not load
 */
export async function watchStatus(
  options: StatusOptions,
  show: (report: StatusReport) => void,
  signal: AbortSignal,
): Promise<void> {
  const context = new DoctorContext(options);
  const stop = new AbortController();
  const following = { context, options, bell: new Bell(), signal: AbortSignal.any([signal, stop.signal]) };
  try {
    const { file: configuration } = await context.loadConfig();
    const sides = await context.sides();
    const notes: string[] = [];
    const cluster = sides.has('cluster') ? await orNote('cluster', followCluster(following), notes) : undefined;
    const site = sides.has('site') ? await orNote('site', followSite(following, cluster), notes) : undefined;
    while (!signal.aborted) {
      const facts = { configuration, cluster: cluster?.facts, site: site?.() };
      show(toReport({ ...facts, notes: [...notes, ...(cluster?.troubles ?? [])] }, context.secrets, new Date()));
      await sleep(leastIntervalMs, signal);
      await following.bell.heard(signal);
    }
  } catch (error) {
    throw InterLinkError.from(error);
  } finally {
    stop.abort();
    await context.close();
  }
}

/** Returns when there is something to show of it. */
async function followCluster({ context, options, bell, signal }: Following): Promise<ClusterWatch> {
  const { client } = await context.cluster();
  const { nodename } = options;
  const watch = new ClusterWatch({ client, nodename, onChange: () => bell.ring() });
  void watch.run(signal);
  while (!watch.isComplete && watch.troubles.length === 0 && !signal.aborted) await bell.heard(signal);
  return watch;
}

/** @returns what is known of it by now */
async function followSite(following: Following, cluster: ClusterWatch | undefined): Promise<() => SiteFacts> {
  const { context, options, bell, signal } = following;
  const interLink = await context.interLink();
  const owners = await ownersHere(context, options, cluster?.facts, signal);
  const watches = owners.map((owner) => new OwnerWatch(new PodClient(interLink.target, owner), () => bell.ring()));
  for (const watch of watches) void watch.run(signal);
  let peers = await readPeers(context, interLink);
  const askPeers = async () => {
    while (!signal.aborted) {
      await sleep(peerIntervalMs, signal);
      peers = await readPeers(context, interLink);
      bell.ring();
    }
  };
  void askPeers();
  return () => ({ peers, owners: watches.map(({ facts }) => facts) });
}
