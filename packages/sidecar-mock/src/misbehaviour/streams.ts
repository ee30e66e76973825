import type { PodReport } from '@interlink/sidecar-sdk';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isFor, paramsOf, queryOf, type Route, rewriteList, route } from './hooks.ts';

/** A line of the stream, as far as it is looked at here. */
export interface StreamLine {
  readonly type: string;
  readonly cursor?: string;
  readonly snapshot?: string;
  readonly uid?: string;
  readonly pod?: PodReport;
  readonly last?: PodReport;
}

/** Changes each record of a stream: into none, one or many. `begin` is asked once per stream. */
export function rewriteStream(
  app: FastifyInstance,
  begin: (request: FastifyRequest) => (record: StreamLine) => unknown[],
): void {
  app.addHook('preHandler', async (request, reply) => {
    if (!isFor(request, route.list) || queryOf(request).watch !== 'true') return;
    const rewrite = begin(request);
    const { raw } = reply;
    const write = raw.write.bind(raw) as (chunk: string) => boolean;
    // The SDK writes whole lines.
    raw.write = ((chunk: string) => {
      const lines = chunk.split('\n').filter((line) => line !== '');
      const kept = lines.flatMap((line) => rewrite(JSON.parse(line) as StreamLine));
      return kept.length === 0 || write(kept.map((record) => `${JSON.stringify(record)}\n`).join(''));
    }) as typeof raw.write;
  });
}

/** Changes the reports of list and stream alike. */
export function rewriteReports(app: FastifyInstance, rewrite: (report: PodReport) => PodReport): void {
  rewriteList(app, (reports) => reports.map(rewrite));
  rewriteStream(app, () => (record) => {
    if (record.pod !== undefined) return [{ ...record, pod: rewrite(record.pod) }];
    return [record.last === undefined ? record : { ...record, last: rewrite(record.last) }];
  });
}

/** Changes the state of each container; what is returned is laid over its status. */
export function rewriteContainers(
  report: PodReport,
  rewrite: (status: PodReport['status']['containerStatuses'][number]) => object,
): PodReport {
  const containerStatuses = report.status.containerStatuses.map((status) => ({ ...status, ...rewrite(status) }));
  return { ...report, status: { ...report.status, containerStatuses } };
}

/** A streamed answer with another content type. */
export function retype(app: FastifyInstance, where: Route, contentType: string): void {
  app.addHook('preHandler', async (request, reply) => {
    if (!isFor(request, where)) return;
    const { raw } = reply;
    const writeHead = raw.writeHead.bind(raw) as (status: number, headers: object) => typeof raw;
    raw.writeHead = ((status: number, headers: object) =>
      writeHead(status, { ...headers, 'content-type': contentType })) as typeof raw.writeHead;
  });
}

/** The same owner, as a key. */
export function ownerOf(request: FastifyRequest): string {
  const { cluster, node } = paramsOf(request);
  return `${cluster}/${node}`;
}
