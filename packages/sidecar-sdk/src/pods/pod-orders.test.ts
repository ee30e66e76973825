import type { Owner, PodReport } from '@interlink/protocol';
import { createLogger } from '@interlink/service-kit';
import { expect, test } from 'vitest';
import type { Backend } from '../backend.ts';
import { BackendReports } from './backend-reports.ts';
import { PodOrders } from './pod-orders.ts';

const owner: Owner = { cluster: 'c', node: 'n' };
const report: PodReport = { uid: 'reported', namespace: 'ns', name: 'p', status: { containerStatuses: [] } };

test('PodOrders hands on the deletion of a pod that is not reported to a backend that may have it all the same', async () => {
  const told: string[] = [];
  const backend = {
    list: async () => [{ owner, report }],
    delete: async ({ uid }: { uid: string }) => void told.push(`delete ${uid}`),
    deleteUnreported: async ({ owner: whose, uid }: { owner: Owner; uid: string }) =>
      void told.push(`delete unreported ${whose.node} ${uid}`),
  } satisfies Partial<Backend> as unknown as Backend;
  const stop = new AbortController();
  const logger = createLogger('test', 'silent');
  const reports = new BackendReports(backend, logger);
  const running = reports.run(stop.signal);
  await reports.listed;
  const orders = new PodOrders(backend, reports, logger);
  await orders.delete(owner, 'reported', 0);
  await orders.delete(owner, 'unknown', 0);
  expect(told).toEqual(['delete reported', 'delete unreported n unknown']);
  stop.abort();
  await running;
});
