import { cleanLine } from '@interlink/virtual-kubelet';
import { cleaner } from '../doctor/report/redact.ts';
import type { ClusterFacts } from './cluster/cluster-facts.ts';
import { toClusterStatus } from './cluster/cluster-status.ts';
import { cleanTexts } from './report/clean-texts.ts';
import type { StatusReport } from './report/status-report.ts';
import type { SiteFacts } from './site/read-site.ts';
import { toSiteStatus } from './site/site-status.ts';

/** What was read, of whatever could be. */
export interface StatusFacts {
  readonly configuration: string | undefined;
  readonly cluster: ClusterFacts | undefined;
  readonly site: SiteFacts | undefined;
  readonly notes: ReadonlyArray<string>;
}

/** More of one text is no message. */
const maxTextBytes = 2_000;

/** The report as it may be shown: pods, nodes and peers say what they like, and a line of it may be meant for the terminal. */
export function toReport(facts: StatusFacts, secrets: ReadonlySet<string>, now: Date): StatusReport {
  const { configuration, cluster, site, notes } = facts;
  const withoutSecrets = cleaner(secrets);
  const report: StatusReport = {
    at: now.toISOString(),
    configuration,
    cluster: cluster === undefined ? undefined : toClusterStatus(cluster),
    site: site === undefined ? undefined : toSiteStatus(site),
    notes,
  };
  return cleanTexts(report, (text) => cleanLine(withoutSecrets(text), maxTextBytes));
}

/** Whether there is anything to show: some virtual node could be looked for, or somebody answers. */
export function isAnything({ cluster, site }: StatusReport): boolean {
  return cluster !== undefined || (site?.peers.some(({ trouble }) => trouble === undefined) ?? false);
}
