import { get, type IncomingMessage } from 'node:http';
import { InterLinkError, ownerPath, type PodReport, parseNdjson, staleEpoch } from '@interlink/protocol';
import { expect, test, vi } from 'vitest';
import { startInterLink } from '../testing/running-interlink.ts';
import { WatchReader } from '../testing/watch-reader.ts';
import { owner, reportOf, startWatchedSidecar, uidOf } from '../testing/watched-sidecar.ts';

async function start() {
  const sidecar = await startWatchedSidecar();
  const { target, socketPath } = await startInterLink(sidecar.port);
  return { sidecar, target, socketPath };
}

/** Every pod that the sidecar has, and nothing else. */
async function expectSame(reader: WatchReader, sidecar: Awaited<ReturnType<typeof startWatchedSidecar>>) {
  const sorted = (pods: Iterable<object>) => [...pods].map((pod) => JSON.stringify(pod)).sort();
  await vi.waitFor(() => expect(sorted(reader.pods.values())).toEqual(sorted(sidecar.log.reports())));
}

test('ten watches of an owner are one of the sidecar, and each is told everything once', async () => {
  const { sidecar, target } = await start();
  for (let index = 0; index < 300; index += 1) sidecar.log.put(reportOf(index));
  const readers = Array.from({ length: 10 }, () => new WatchReader(target));
  for (const reader of readers) await expectSame(reader, sidecar);
  sidecar.log.put(reportOf(7, 'changed'));
  sidecar.log.event(uidOf(7), { type: 'Normal', reason: 'Pulled', message: 'image' });
  sidecar.log.remove(uidOf(8));
  const late = new WatchReader(target);
  for (const reader of [...readers, late]) await expectSame(reader, sidecar);
  for (const reader of readers) {
    await vi.waitFor(() => expect(reader.kinds.slice(302).sort()).toEqual(['event/Pulled', 'gone', 'pod']));
    expect(reader.records.slice(0, 302).map(({ type }) => type)).toEqual([
      'bookmark',
      ...Array(300).fill('pod'),
      'bookmark',
    ]);
  }
  expect(late.kinds).toEqual(['bookmark', ...Array(299).fill('pod'), 'bookmark']);
  expect(sidecar.asked).toEqual(['?watch=true']);
});

test('a watch resumes where it was cut off, without a snapshot, and without asking the sidecar again', async () => {
  const { sidecar, target } = await start();
  for (const index of [1, 2, 3]) sidecar.log.put(reportOf(index));
  const first = new WatchReader(target);
  await expectSame(first, sidecar);
  await vi.waitFor(() => expect(first.cursor).toBeDefined());
  first.stop();
  await vi.waitFor(() => expect(first.end).toBeDefined());
  sidecar.log.put(reportOf(2, 'changed'));
  sidecar.log.remove(uidOf(3));
  const again = new WatchReader(target, first);
  await expectSame(again, sidecar);
  expect(again.kinds).toEqual(['bookmark', 'pod', 'gone']);
  expect(sidecar.asked).toEqual(['?watch=true']);
});

test('a watch resumes at another InterLink, which has not seen its cursor, as at the sidecar, and then shares its stream', async () => {
  const { sidecar, target } = await start();
  const other = await startInterLink(sidecar.port);
  for (const index of [1, 2, 3]) sidecar.log.put(reportOf(index));
  const first = new WatchReader(target);
  await expectSame(first, sidecar);
  first.stop();
  await vi.waitFor(() => expect(first.end).toBeDefined());
  sidecar.log.put(reportOf(2, 'changed'));
  sidecar.log.put(reportOf(3, 'last'));
  sidecar.log.remove(uidOf(3));
  const again = new WatchReader(other.target, first);
  await expectSame(again, sidecar);
  expect(again.kinds).toEqual(['bookmark', 'pod', 'gone']);
  expect(again.records.at(-1)).toMatchObject({ last: { status: { jobID: 'last' } } });
  // That of the first InterLink, which lingers, and one of the other.
  await vi.waitFor(() => expect(sidecar.open.count).toBe(2), { timeout: 15_000 });
  sidecar.log.event(uidOf(1), { type: 'Normal', reason: 'Pulled', message: 'image' });
  sidecar.log.put(reportOf(1, 'changed'));
  await expectSame(again, sidecar);
  expect(again.kinds.filter((kind) => kind !== 'bookmark').sort()).toEqual(['event/Pulled', 'gone', 'pod', 'pod']);
});

test('a watch whose cursor nobody knows gets a snapshot', async () => {
  const { sidecar, target } = await start();
  sidecar.log.put(reportOf(1));
  const stranger = new WatchReader(target);
  await expectSame(stranger, sidecar);
  const before = Object.assign(Object.create(WatchReader.prototype), { cursor: 'other-1', pods: stranger.pods });
  const reader = new WatchReader(target, before as WatchReader);
  await vi.waitFor(() => expect(reader.records).toHaveLength(3));
  expect(reader.records).toMatchObject([{ snapshot: 'begin' }, { type: 'pod' }, { snapshot: 'end' }]);
});

test('a watch breaks when the sidecar dies, ends when it ends it, and is refused while it is away', async () => {
  const { sidecar, target } = await start();
  sidecar.log.put(reportOf(1));
  sidecar.log.put(reportOf(2));
  const first = new WatchReader(target);
  await expectSame(first, sidecar);
  sidecar.endWatches();
  await vi.waitFor(() => expect(first.end).toBe('ended'));
  const second = new WatchReader(target, first);
  await vi.waitFor(() => expect(second.records).not.toEqual([]));
  await sidecar.stop();
  await vi.waitFor(() => expect(second.end).toBeInstanceOf(Error));
  const third = new WatchReader(target, second);
  await vi.waitFor(() => expect(third.end).toMatchObject({ code: 'unavailable' }));
  await sidecar.restart([reportOf(1, 'after')]);
  const fourth = new WatchReader(target, second);
  await expectSame(fourth, sidecar);
  expect(fourth.kinds).toEqual(['bookmark', 'pod', 'bookmark']);
});

test('a refusal of the sidecar is everybody’s who asked', async () => {
  const { sidecar, target } = await start();
  sidecar.refusal = new InterLinkError('aborted', 'Epoch 3 is over', { reason: staleEpoch });
  const readers = [new WatchReader(target), new WatchReader(target)];
  for (const reader of readers) {
    await vi.waitFor(() => expect(reader.end).toMatchObject({ code: 'aborted', reason: staleEpoch }));
  }
  sidecar.refusal = undefined;
  await expectSame(new WatchReader(target), sidecar);
});

test('watches of different epochs are different ones of the sidecar, so that it can end the earlier', async () => {
  const { sidecar, target } = await start();
  const ask = async (epoch: string) =>
    await target.send({
      method: 'GET',
      path: `${ownerPath(owner)}/pods?watch=true`,
      headers: { 'interlink-epoch': epoch },
    });
  const answers = [await ask('1'), await ask('2'), await ask('2')];
  expect(sidecar.open.count).toBe(2);
  for (const { body } of answers) body.on('error', () => undefined).destroy();
});

test('a reader that does not read holds nobody up, and is told each pod’s newest state only when it does', async () => {
  const { sidecar, target, socketPath } = await start();
  const pods = 400;
  const filler = 'x'.repeat(4_000);
  const putAll = (round: string) => {
    for (let index = 0; index < pods; index += 1) sidecar.log.put(reportOf(index, `${round}${filler}`));
  };
  putAll('a');
  const response = await new Promise<IncomingMessage>((resolve) => {
    get({ socketPath, path: `${ownerPath(owner)}/pods?watch=true` }, resolve);
  });
  response.pause();
  const quick = new WatchReader(target);
  for (const round of ['a', 'b', 'c', 'd']) {
    putAll(round);
    await vi.waitFor(() => expect(quick.jobOf(uidOf(pods - 1))?.slice(0, 1)).toBe(round));
  }
  const told: string[] = [];
  for await (const record of parseNdjson(response)) {
    const { type, snapshot, pod } = record as { type: string; snapshot?: string; pod: PodReport };
    if (type === 'pod' && pod.status.jobID?.startsWith('a') !== true) told.push(`${pod.status.jobID?.[0]} ${pod.uid}`);
    if (snapshot === 'end') break;
  }
  expect(told.sort()).toEqual(Array.from({ length: pods }, (_, index) => `d ${uidOf(index)}`));
});
