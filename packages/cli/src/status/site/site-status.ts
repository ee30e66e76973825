import { type PodRow, podStates, toPodRow } from '@interlink/interlink';
import { ownerKey } from '@interlink/protocol';
import { countStates } from '../report/count-states.ts';
import type { OwnerStatus, PendingPod, SiteStatus } from '../report/status-report.ts';
import type { OwnerReports, SiteFacts } from './read-site.ts';

interface Row extends PodRow {
  readonly node: string;
  readonly since: string | undefined;
}

/** What the facts come to. */
export function toSiteStatus({ peers, owners }: SiteFacts): SiteStatus {
  const read = owners.map((facts) => ({ facts, rows: rowsOf(facts) }));
  return {
    peers,
    owners: read.map(({ facts, rows }): OwnerStatus => {
      const { owner, trouble, heardAt } = facts;
      const states = rows.map(({ state }) => state);
      return { owner: ownerKey(owner), trouble, heardAt, pods: countStates(podStates, states) };
    }),
    oldestPending: oldestPending(read.flatMap(({ rows }) => rows)),
  };
}

function rowsOf({ owner, reports }: OwnerReports): Row[] {
  return reports.map((report) => ({ ...toPodRow(report), node: owner.node, since: report.status.startTime }));
}

/** Those of which the backend does not say since when come last. */
function oldestPending(rows: ReadonlyArray<Row>): PendingPod | undefined {
  const timeOf = ({ since }: Row) => (since === undefined ? Number.MAX_VALUE : Date.parse(since));
  const [oldest] = rows
    .filter(({ state }) => state === 'Queued' || state === 'Starting')
    .toSorted((a, b) => timeOf(a) - timeOf(b));
  if (oldest === undefined) return undefined;
  const { namespace, name, node, since } = oldest;
  return { namespace, name, node, since, reason: inFull(oldest) };
}

function inFull({ reason, jobId, estimatedStart, state }: Row): string {
  const parts = [
    reason === '' ? 'nobody has said why yet' : `${state}: ${reason}`,
    ...(jobId === '' ? [] : [`job ${jobId}`]),
    ...(estimatedStart === undefined ? [] : [`estimated start ${estimatedStart}`]),
  ];
  return parts.join('; ');
}
