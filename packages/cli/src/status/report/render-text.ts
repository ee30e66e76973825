import { podStates as reportedStates } from '@interlink/interlink';
import { durationText } from '../../doctor/lifetime.ts';
import {
  type ClusterStatus,
  clusterStates,
  type OwnerStatus,
  type PeerStatus,
  type PendingPod,
  type PodCounts,
  type SiteStatus,
  type StatusReport,
} from './status-report.ts';
import { renderTable } from './table.ts';

/** For people. Ages are counted from the report's own time. */
export function renderText({ at, configuration, cluster, site, notes }: StatusReport): string {
  const now = Date.parse(at);
  return [
    `InterLink at ${at}; configuration: ${configuration ?? 'no file'}`,
    ...(cluster === undefined ? [] : clusterLines(cluster, now)),
    ...(site === undefined ? [] : siteLines(site, now)),
    ...(notes.length === 0 ? [] : section('Notes', indented(notes))),
    '',
  ].join('\n');
}

function clusterLines({ nodes, unscheduled, oldestPending }: ClusterStatus, now: number): string[] {
  if (nodes.length === 0) return section('Virtual nodes', ['  none']);
  const titles = ['name', 'state', 'runtime', 'last heard', 'capacity', 'backend'];
  const rows = nodes.map(({ name, state, runtime, heardAt, capacity, backend = '-' }) => [
    ...[name, state, runtime, ago(heardAt, now), quantities(capacity), backend],
  ]);
  const pods = renderTable(
    ['node', ...clusterStates],
    nodes.map((node) => [node.name, ...numbers(clusterStates, node.pods)]),
  );
  return [
    ...section('Virtual nodes', renderTable(titles, rows)),
    ...section('Pods, as Kubernetes has them', [...pods, ...withoutNode(unscheduled)]),
    ...section('Oldest pending', [pendingLine(oldestPending, now)]),
  ];
}

function withoutNode(count: number | undefined): string[] {
  if (count === undefined)
    return ['  Whether pods wait for a node is not known: this account may not list pods of the cluster'];
  return count === 0 ? [] : [`  and ${count} without a node yet`];
}

function siteLines({ peers, owners, oldestPending }: SiteStatus, now: number): string[] {
  const asked = section('InterLink and sidecars', allPeerLines(peers));
  if (owners.length === 0) {
    const hint = '  whose? Name them, as their virtual kubelets do: --owner CLUSTER/NODE (see --help)';
    return [...asked, ...section('Pods, as the backend has them', [hint])];
  }
  return [
    ...asked,
    ...section('Pods, as the backend has them', ownerTable(owners, now)),
    ...section('Oldest pending at the backend', [pendingLine(oldestPending, now)]),
  ];
}

function ownerTable(owners: ReadonlyArray<OwnerStatus>, now: number): string[] {
  const rows = owners.map(({ owner, heardAt, pods }) => [owner, ...numbers(reportedStates, pods), ago(heardAt, now)]);
  const troubles = owners.flatMap(({ owner, trouble }) => (trouble === undefined ? [] : [`${owner}: ${trouble}`]));
  return [...renderTable(['owner', ...reportedStates, 'last heard'], rows), ...indented(troubles)];
}

/** InterLink comes first, and tells what its sidecars tell: of them only what it does not is shown. */
function allPeerLines([interLink, ...sidecars]: ReadonlyArray<PeerStatus>): string[] {
  if (interLink === undefined) return [];
  const told = toldBy(interLink);
  const others = sidecars.map((peer) => [...headOf(peer), ...toldBy(peer).filter((line) => !told.includes(line))]);
  return [...headOf(interLink), ...told, ...others.flat()];
}

function headOf({ name, url, trouble, protocols, backend }: PeerStatus): string[] {
  if (trouble !== undefined) return [`  ${name} at ${url}: TROUBLE`, `      ${trouble}`];
  const words = `protocol ${protocols.join(' and ')}${backend === undefined ? '' : `, ${backend}`}`;
  return [`  ${name} at ${url}: answers, ${words}`];
}

function toldBy({ pools, warnings }: PeerStatus): string[] {
  return [
    ...pools.map((pool) => `      pool ${pool.name}: ${quantities(pool.capacity)}`),
    ...warnings.map((warning) => `      warning: ${warning}`),
  ];
}

function pendingLine(pod: PendingPod | undefined, now: number): string {
  if (pod === undefined) return '  none';
  const where = pod.node === undefined ? '' : ` on ${pod.node}`;
  const age = pod.since === undefined ? '' : `, for ${durationText(Math.max(0, now - Date.parse(pod.since)))}`;
  return `  ${pod.namespace}/${pod.name}${where}${age}: ${pod.reason}`;
}

function section(title: string, lines: ReadonlyArray<string>): string[] {
  return ['', title, ...lines];
}

function numbers<State extends string>(states: ReadonlyArray<State>, counts: PodCounts<State>): string[] {
  return states.map((state) => String(counts[state]));
}

function quantities(capacity: Readonly<Record<string, string>>): string {
  const texts = Object.entries(capacity).map(([name, quantity]) => `${name} ${quantity}`);
  return texts.join(', ') || 'not told';
}

function ago(time: string | undefined, now: number): string {
  if (time === undefined) return 'not known';
  return `${durationText(Math.max(0, now - Date.parse(time)))} ago`;
}

function indented(lines: ReadonlyArray<string>): string[] {
  return lines.map((line) => `  ${line}`);
}
