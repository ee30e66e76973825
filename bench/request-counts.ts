import { readFile } from 'node:fs/promises';
import { HttpTarget } from '@interlink/protocol';
import type { ControlPlaneData } from '../test/testbed/index.ts';
import type { Site } from '../test/testbed/site/site.ts';
import { samplesOf, scrape, scrapeApiServer } from './prometheus-text.ts';

/** Requests served so far on each hop. */
export interface RequestCounts {
  /** Of the Virtual Kubelet at the API server: everything about pods, events and tokens but the bench's own creates. */
  readonly kubernetes: number;
  readonly interlink: number;
  readonly sidecar: number;
}

/** The bench creates by POST and deletes by DELETECOLLECTION; all else on these resources is the kubelet's. */
const benchVerbs = ['LIST', 'WATCH', 'DELETECOLLECTION'];

export async function countRequests(cluster: ControlPlaneData, site: Site): Promise<RequestCounts> {
  return {
    kubernetes: sumOf(
      await scrapeApiServer(cluster),
      'apiserver_request_total',
      ({ verb = '', resource = '', subresource = '' }) => {
        if (resource === 'pods') return !benchVerbs.includes(verb) && (verb !== 'POST' || subresource !== '');
        return resource === 'events' || (resource === 'serviceaccounts' && subresource === 'token');
      },
    ),
    interlink: sumOf(await metricsOf(site.interlinkUrl, site), 'http_requests_total', isPodRoute),
    sidecar: sumOf(await metricsOf(site.sidecarUrl, site), 'http_requests_total', isPodRoute),
  };
}

const isPodRoute = ({ route = '' }: Record<string, string>): boolean => route.startsWith('/v2/clusters');

async function metricsOf(url: string, site: Site): Promise<string> {
  return await scrape(new HttpTarget({ url, token: async () => (await readFile(site.tokenFile, 'utf8')).trim() }));
}

/** Adds up the samples of one metric. */
function sumOf(text: string, metric: string, isWanted: (labels: Record<string, string>) => boolean): number {
  let sum = 0;
  for (const { labels, value } of samplesOf(text, metric)) if (isWanted(labels)) sum += value;
  return sum;
}
