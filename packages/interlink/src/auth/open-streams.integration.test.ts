import { rename, writeFile } from 'node:fs/promises';
import type { HttpTarget } from '@interlink/protocol';
import { expect, test, vi } from 'vitest';
import { startForTenants } from '../testing/two-tenants.ts';
import { WatchReader } from '../testing/watch-reader.ts';
import { reportOf, startWatchedSidecar, uidOf } from '../testing/watched-sidecar.ts';

async function statusOf(target: HttpTarget): Promise<number> {
  const { statusCode, body } = await target.send({ method: 'GET', path: '/v2/capabilities' });
  await body.dump();
  return statusCode;
}

test('a stream stays open when the token that it was opened by is no longer good, and no other opens', async () => {
  const sidecar = await startWatchedSidecar();
  const { as, tokenFileOf } = await startForTenants(sidecar.port);
  const reader = new WatchReader(as.alice);
  await vi.waitFor(() => expect(reader.kinds).toEqual(['bookmark', 'bookmark']));
  const file = tokenFileOf('alice');
  await writeFile(`${file}.new`, 'another-token');
  await rename(`${file}.new`, file);
  await vi.waitFor(async () => expect(await statusOf(as.alice)).toBe(401), 30_000);
  sidecar.log.put(reportOf(1));
  await vi.waitFor(() => expect([...reader.pods.keys()]).toEqual([uidOf(1)]));
  expect(reader.end).toBeUndefined();
});
