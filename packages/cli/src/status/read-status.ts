import { type KubeClient, namespaces } from '@interlink/kube';
import { InterLinkError, type Owner } from '@interlink/protocol';
import type { Side } from '../doctor/check.ts';
import { DoctorContext } from '../doctor/context.ts';
import type { Peer } from '../doctor/peers.ts';
import { type ClusterFacts, type NodeChoice, readCluster } from './cluster/cluster-facts.ts';
import { inWords } from './in-words.ts';
import type { StatusReport } from './report/status-report.ts';
import { chooseOwners } from './site/choose-owners.ts';
import { readOwner, readPeer, type SiteFacts } from './site/read-site.ts';
import type { StatusOptions } from './status-options.ts';
import { toReport } from './to-report.ts';

/** Looks once. @throws InterLinkError `invalid_argument` for a configuration that does not load */
export async function readStatus(options: StatusOptions, signal: AbortSignal): Promise<StatusReport> {
  const context = new DoctorContext(options);
  try {
    const { file } = await context.loadConfig();
    const sides = await context.sides();
    const notes: string[] = [];
    const cluster = sides.has('cluster')
      ? await orNote('cluster', readItsCluster(context, options, signal), notes)
      : undefined;
    const site = sides.has('site')
      ? await orNote('site', readItsSite(context, options, cluster, signal), notes)
      : undefined;
    signal.throwIfAborted();
    return toReport({ configuration: file, cluster, site, notes }, context.secrets, new Date());
  } catch (error) {
    throw InterLinkError.from(error);
  } finally {
    await context.close();
  }
}

/** What it comes to; undefined where it fails, and why goes to the notes. */
export async function orNote<T>(side: Side, promise: Promise<T>, notes: string[]): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    notes.push(`The ${side} can’t be looked at: ${inWords(error)}`);
    return undefined;
  }
}

async function readItsCluster(
  context: DoctorContext,
  options: StatusOptions,
  signal: AbortSignal,
): Promise<ClusterFacts> {
  const { client } = await context.cluster();
  return await readCluster(client, nodeChoice(context, options), signal);
}

function nodeChoice(context: DoctorContext, { nodename }: StatusOptions): NodeChoice {
  return { nodename, configured: async () => (await context.nodes()).map(({ name }) => name) };
}

async function readItsSite(
  context: DoctorContext,
  options: StatusOptions,
  cluster: ClusterFacts | undefined,
  signal: AbortSignal,
): Promise<SiteFacts> {
  const interLink = await context.interLink();
  const [peers, owners] = await Promise.all([
    readPeers(context, interLink),
    ownersHere(context, options, cluster, signal),
  ]);
  return { peers, owners: await Promise.all(owners.map((owner) => readOwner(interLink, owner, signal))) };
}

/** InterLink, and the sidecars that can be asked from here. */
export async function readPeers(context: DoctorContext, interLink: Peer): Promise<SiteFacts['peers']> {
  const sidecars = await context.sidecars();
  return await Promise.all([interLink, ...sidecars].map(readPeer));
}

/** Whose pods are asked for; with a way to the cluster, those of its virtual nodes. */
export async function ownersHere(
  context: DoctorContext,
  { owners: asked }: StatusOptions,
  cluster: ClusterFacts | undefined,
  signal: AbortSignal,
): Promise<Owner[]> {
  const config = await context.config();
  const id = cluster === undefined ? undefined : (config.ClusterID ?? (await clusterIdOf(context, signal)));
  const names = (cluster?.nodes ?? []).flatMap(({ metadata }) => metadata?.name ?? []);
  const ofCluster = id === undefined ? [] : names.map((node): Owner => ({ cluster: id, node }));
  return chooseOwners({ asked, config, ofCluster });
}

/** As the virtual kubelet finds it; undefined: this account may not. */
async function clusterIdOf(context: DoctorContext, signal: AbortSignal): Promise<string | undefined> {
  const client: Pick<KubeClient, 'get'> = (await context.cluster()).client;
  const found = await client.get(namespaces, { name: 'kube-system' }, { signal }).catch(() => undefined);
  return found?.metadata?.uid;
}
