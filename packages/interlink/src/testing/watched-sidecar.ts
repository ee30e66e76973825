import type { AddressInfo } from 'node:net';
import { type InterLinkError, type Owner, ownerPath, type PodReport, ReportLog } from '@interlink/protocol';
import { createHttpServer, createLogger, noAuthentication, sendRecords } from '@interlink/service-kit';
import { onTestFinished } from 'vitest';
import { v2Capabilities } from './scripted-sidecar.ts';

export const owner: Owner = { cluster: 'c1', node: 'n1' };

export interface WatchedSidecar {
  readonly port: number;
  /** Of the one owner. After a restart, another. */
  log: ReportLog;
  /** The queries of all watches that came. */
  readonly asked: string[];
  /** How many of them are open. */
  readonly open: { count: number };
  /** What it answers watches with instead. */
  refusal: InterLinkError | undefined;
  /** Ends every watch in order. */
  endWatches(): void;
  /** Stops, and starts again with nothing remembered but these pods. */
  restart(pods: ReadonlyArray<PodReport>): Promise<void>;
  stop(): Promise<void>;
}

/** A v2 sidecar on a real socket whose reports are in the test's hands. Ends with the test. */
export async function startWatchedSidecar(): Promise<WatchedSidecar> {
  let app = createApp();
  let ending = new AbortController();
  const sidecar: WatchedSidecar = {
    port: await listen(0),
    log: new ReportLog(),
    asked: [],
    open: { count: 0 },
    refusal: undefined,
    endWatches: () => {
      ending.abort();
      ending = new AbortController();
    },
    restart: async (pods) => {
      await app.close();
      sidecar.log = new ReportLog();
      for (const pod of pods) sidecar.log.put(pod);
      app = createApp();
      await listen(sidecar.port);
    },
    stop: async () => await app.close(),
  };

  function createApp() {
    const logger = createLogger('test', 'silent');
    const created = createHttpServer({ logger, authenticate: noAuthentication, readiness: {} });
    created.get('/v2/capabilities', async () => v2Capabilities);
    created.get(`${ownerPath(owner)}/pods`, async (request, reply) => {
      const { watch, cursor } = request.query as { watch?: string; cursor?: string };
      if (watch !== 'true') return { items: sidecar.log.reports() };
      sidecar.asked.push(request.url.slice(request.url.indexOf('?')));
      if (sidecar.refusal !== undefined) throw sidecar.refusal;
      sidecar.open.count += 1;
      reply.raw.once('close', () => {
        sidecar.open.count -= 1;
      });
      return await sendRecords(request, reply, sidecar.log.subscribe(cursor), ending.signal);
    });
    return created;
  }

  async function listen(port: number): Promise<number> {
    await app.listen({ host: '127.0.0.1', port });
    return (app.server.address() as AddressInfo).port;
  }

  onTestFinished(async () => await sidecar.stop());
  return sidecar;
}

export const uidOf = (index: number) => `11111111-1111-4111-8111-${String(index).padStart(12, '0')}`;

export function reportOf(index: number, jobID = '1'): PodReport {
  return { uid: uidOf(index), namespace: 'ns', name: `p${index}`, status: { containerStatuses: [], jobID } };
}
