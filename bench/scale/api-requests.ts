import type { ControlPlaneData } from '../../test/testbed/testbed-data.ts';
import { samplesOf, scrapeApiServer } from '../prometheus-text.ts';

/** Requests that kube-apiserver has served, by verb and resource: `PATCH pods/status`. */
export type ApiRequests = ReadonlyMap<string, number>;

/** @returns those that change something: what is read, all do by a list and a watch */
export async function countApiRequests(cluster: ControlPlaneData): Promise<ApiRequests> {
  const counts = new Map<string, number>();
  for (const { labels, value } of samplesOf(await scrapeApiServer(cluster), 'apiserver_request_total')) {
    const { verb = '', resource = '', subresource = '' } = labels;
    if (['GET', 'LIST', 'WATCH', 'WATCHLIST'].includes(verb)) continue;
    const what = `${verb} ${resource}${subresource === '' ? '' : `/${subresource}`}`;
    counts.set(what, (counts.get(what) ?? 0) + value);
  }
  return counts;
}

/** @returns those of meanwhile */
export function requestsBetween(before: ApiRequests, after: ApiRequests): ApiRequests {
  return new Map([...after].map(([what, count]) => [what, count - (before.get(what) ?? 0)]));
}
