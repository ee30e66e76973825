import { InterLinkError, type Pod, type PodReport } from '@interlink/protocol';
import { expect, test } from 'vitest';
import { V1Statuses } from './v1-statuses.ts';

const pod = (uid: string): Pod => ({
  metadata: { uid, name: uid, namespace: 'ns' },
  spec: { containers: [{ name: 'c', image: 'i' }] },
});
const report = (uid: string): PodReport => ({ uid, name: uid, namespace: 'ns', status: { containerStatuses: [] } });

/** A plugin that answers by these rules; `asked` holds the UIDs of each request. */
function plugin(answer: (uids: string[]) => string[]) {
  const asked: string[][] = [];
  const status = async (pods: ReadonlyArray<Pod>) => {
    const uids = pods.map(({ metadata }) => metadata.uid);
    asked.push(uids);
    return answer(uids).map(report);
  };
  return { statuses: new V1Statuses({ status }), asked };
}

const pods = ['a', 'b', 'c'].map(pod);

test('V1Statuses asks a plugin that answers for all once', async () => {
  const { statuses, asked } = plugin((uids) => uids);
  const { reports, failures } = await statuses.ask(pods);
  expect([[...reports.keys()], [...failures.keys()], asked]).toEqual([['a', 'b', 'c'], [], [['a', 'b', 'c']]]);
});

test('V1Statuses asks nothing more about a pod that is left out of an answer for several', async () => {
  const { statuses, asked } = plugin((uids) => uids.filter((uid) => uid !== 'b'));
  expect([...(await statuses.ask(pods)).reports.keys()]).toEqual(['a', 'c']);
  expect(asked).toEqual([['a', 'b', 'c']]);
});

test('V1Statuses asks pod by pod while it is open whether a plugin answers for the first only', async () => {
  const { statuses, asked } = plugin((uids) => uids.filter((uid) => uid === 'a'));
  expect([...(await statuses.ask(pods)).reports.keys()]).toEqual(['a']);
  expect(asked).toEqual([['a', 'b', 'c'], ['b'], ['c']]);
});

test('V1Statuses asks a plugin that answers for the first pod only pod by pod, and remembers it', async () => {
  const { statuses, asked } = plugin(([first = '']) => [first]);
  expect([...(await statuses.ask(pods)).reports.keys()]).toEqual(['a', 'b', 'c']);
  expect([...(await statuses.ask(pods)).reports.keys()]).toEqual(['a', 'b', 'c']);
  expect(asked).toEqual([['a', 'b', 'c'], ['b'], ['c'], ['a'], ['b'], ['c']]);
});

test.each(['internal', 'not_found', 'invalid_argument'] as const)(
  'V1Statuses asks a plugin that fails for one unknown pod (%s) pod by pod',
  async (code) => {
    const { statuses } = plugin((uids) => {
      if (uids.includes('b')) throw new InterLinkError(code, 'no job of b');
      return uids;
    });
    for (let round = 0; round < 2; round += 1) {
      const { reports, failures } = await statuses.ask(pods);
      expect([...reports.keys()]).toEqual(['a', 'c']);
      // Only an honest "not there" is an absence.
      expect([...failures.keys()]).toEqual(code === 'not_found' ? [] : ['b']);
    }
  },
);

test('V1Statuses does not ask a plugin that is silent over and over, and tells of each failure of one that is ill', async () => {
  const failing = (code: 'unavailable' | 'internal') =>
    plugin(() => {
      throw new InterLinkError(code, 'no');
    });
  const silent = failing('unavailable');
  await expect(silent.statuses.ask(pods)).rejects.toMatchObject({ code: 'unavailable' });
  expect(silent.asked).toHaveLength(1);
  const ill = failing('internal');
  expect([...(await ill.statuses.ask(pods)).failures.keys()]).toEqual(['a', 'b', 'c']);
});
