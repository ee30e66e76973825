import type { StreamRecord } from '@interlink/protocol';
import { expect, test } from 'vitest';
import { reportOf } from '../testing/objects.ts';
import { OwnerWatch } from './owner-watch.ts';

const owner = { cluster: 'c', node: 'n' };
const { signal } = new AbortController();
const pod = (name: string): StreamRecord => ({ type: 'pod', cursor: '1', pod: reportOf(name, {}) });
const bookmark = (snapshot?: 'begin' | 'end'): StreamRecord => ({
  ...{ type: 'bookmark', cursor: '1' },
  ...(snapshot === undefined ? {} : { snapshot }),
});
const gone = (name: string): StreamRecord => ({ type: 'gone', cursor: '2', uid: reportOf(name, {}).uid });

/** Follows one stream after the other, each to its end. */
async function follow(...streams: ReadonlyArray<ReadonlyArray<StreamRecord>>) {
  const left = streams.map((stream) => [...stream]);
  let changes = 0;
  const watchPods = async function* () {
    yield* left.shift() ?? [];
  };
  const watch = new OwnerWatch({ owner, watchPods }, () => (changes += 1));
  for (const _stream of streams) await expect(watch.follow(signal)).rejects.toThrow('ended the stream');
  return { ...watch.facts, names: watch.facts.reports.map(({ name }) => name), changes };
}

test('OwnerWatch follows a stream: the snapshot, what comes, what goes', async () => {
  const told = await follow([bookmark('begin'), pod('1'), pod('2'), bookmark('end'), pod('3'), gone('1'), bookmark()]);
  expect(told).toMatchObject({ owner, names: ['2', '3'], trouble: undefined, changes: 7 });
  expect(Date.parse(told.heardAt ?? '')).not.toBeNaN();
});

test('OwnerWatch forgets what the next snapshot lacks, and nothing before that is whole', async () => {
  const first = [bookmark('begin'), pod('1'), pod('2'), bookmark('end')];
  expect(await follow(first, [bookmark('begin'), pod('2'), bookmark('end')])).toMatchObject({ names: ['2'] });
  expect(await follow(first, [bookmark('begin'), pod('2')])).toMatchObject({ names: ['1', '2'] });
  expect(await follow(first, [bookmark('begin'), pod('9')], [...first, pod('3')])).toMatchObject({
    names: ['1', '2', '3'],
  });
});

test('OwnerWatch tells InterLink that it is not the virtual kubelet', async () => {
  const asked: unknown[] = [];
  const watchPods = async function* (options: object) {
    asked.push(options);
    yield bookmark('begin');
  };
  await expect(new OwnerWatch({ owner, watchPods }, () => undefined).follow(signal)).rejects.toThrow('ended');
  expect(asked).toEqual([{ signal, isOnlooker: true }]);
});

test('OwnerWatch says why there are no news, and goes on by itself', async () => {
  const stop = new AbortController();
  let calls = 0;
  const watchPods = async function* () {
    calls += 1;
    yield* [bookmark('begin'), pod('1'), bookmark('end')];
    throw new Error('cut off');
  };
  const watch = new OwnerWatch({ owner, watchPods }, () => {
    if (watch.facts.trouble !== undefined) stop.abort();
  });
  await watch.run(stop.signal);
  expect([calls, watch.facts.trouble, watch.facts.reports.length]).toEqual([1, 'cut off', 1]);
});
