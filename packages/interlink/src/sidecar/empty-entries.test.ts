import { InterLinkError, type Pod, type PodReport } from '@interlink/protocol';
import { expect, test } from 'vitest';
import { EmptyEntries } from './empty-entries.ts';
import { firstReport } from './v1-first-report.ts';
import { V1Statuses } from './v1-statuses.ts';

const uid = '11111111-1111-4111-8111-000000000001';
const pod: Pod = {
  metadata: { uid, namespace: 'ns', name: 'p' },
  spec: { nodeName: 'n', containers: [{ name: 'c', image: 'i' }] },
};
const named = (status: Partial<PodReport['status']> = {}): PodReport => ({
  ...{ uid, namespace: 'ns', name: 'p' },
  status: { containerStatuses: [], ...status },
});
const { containerStatuses: initContainerStatuses } = firstReport(pod, 'j').status;

/** A plugin that says this of whatever pod it is asked for. */
function start(answer: (uid: string) => PodReport[]) {
  const asked: Pod[] = [];
  const statuses = new V1Statuses({
    status: async (pods) => {
      asked.push(...pods);
      return pods.flatMap(({ metadata }) => answer(metadata.uid));
    },
  });
  return { asked, entries: new EmptyEntries(statuses) };
}

const asNamed = (status?: Partial<PodReport['status']>) => (asked: string) => [{ ...named(status), uid: asked }];

test.each<[string, (uid: string) => PodReport[], PodReport, boolean]>([
  ['as it names strangers', asNamed(), named(), true],
  ['and leaves strangers out', () => [], named(), false],
  ['and shows containers of strangers', (asked) => [{ ...firstReport(pod, 'j'), uid: asked }], named(), false],
  ['with a job, and strangers without', asNamed(), named({ jobID: '7' }), false],
  ['with a job, and strangers, too', asNamed({ jobID: '0' }), named({ jobID: '7' }), true],
  ['with init containers', asNamed(), named({ initContainerStatuses }), false],
])('EmptyEntries of a plugin that names a pod without containers %s', async (_, answer, entry, isAbsent) => {
  const { entries } = start(answer);
  expect((await entries.sayAbsent(pod))(entry)).toBe(isAbsent);
});

test('EmptyEntries asks for one pod that nobody has sent, with the containers and the node of the other', async () => {
  const { entries, asked } = start(asNamed());
  await entries.sayAbsent(pod);
  await entries.sayAbsent(pod);
  const [first, second] = asked;
  expect(first?.metadata.uid).not.toBe(uid);
  expect(second).toEqual(first);
  expect(first).toMatchObject({ metadata: { namespace: 'ns', name: 'interlink-stranger' }, spec: pod.spec });
});

test('EmptyEntries say nothing of a plugin that fails, nor of one that has named a job so', async () => {
  const failing = start(() => {
    throw new InterLinkError('unavailable', 'silent');
  });
  expect((await failing.entries.sayAbsent(pod))(named())).toBe(false);
  const { entries, asked } = start(asNamed());
  entries.sawJob();
  expect((await entries.sayAbsent(pod))(named())).toBe(false);
  expect(asked).toEqual([]);
});
