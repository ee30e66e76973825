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
  const { reports, unanswered } = await statuses.ask(pods);
  expect([[...reports.keys()], [...unanswered], asked]).toEqual([['a', 'b', 'c'], [], [['a', 'b', 'c']]]);
});

test('V1Statuses asks once more for a pod that is left out, and goes on asking for all', async () => {
  const { statuses, asked } = plugin((uids) => uids.filter((uid) => uid !== 'b'));
  for (let round = 0; round < 2; round += 1) {
    expect([...(await statuses.ask(pods)).reports.keys()]).toEqual(['a', 'c']);
  }
  expect(asked).toEqual([['a', 'b', 'c'], ['b'], ['a', 'b', 'c'], ['b']]);
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
      const { reports, unanswered } = await statuses.ask(pods);
      expect([...reports.keys()]).toEqual(['a', 'c']);
      // Only an honest "not there" is an absence.
      expect([...unanswered]).toEqual(code === 'not_found' ? [] : ['b']);
    }
  },
);

test('V1Statuses does not ask a plugin that is silent, or ill, over and over', async () => {
  for (const [code, requests] of [
    ['unavailable', 1],
    ['internal', 4],
  ] as const) {
    const { statuses, asked } = plugin(() => {
      throw new InterLinkError(code, 'no');
    });
    await expect(statuses.ask(pods)).rejects.toMatchObject({ code });
    expect([code, asked.length]).toEqual([code, requests]);
  }
});
