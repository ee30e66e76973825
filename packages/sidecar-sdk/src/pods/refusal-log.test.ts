import { InterLinkError } from '@interlink/protocol';
import { expect, test } from 'vitest';
import { RefusalLog } from './refusal-log.ts';

function heard() {
  const lines: Array<Record<string, unknown>> = [];
  const log = new RefusalLog({ warn: (fields: object, said?: string) => void lines.push({ ...fields, said }) });
  const refuse = (uid: string, reason?: string) =>
    log.refused(
      { owner: { cluster: 'c', node: 'n' }, uid, namespace: 'ns', name: uid },
      new InterLinkError('failed_precondition', `image "hunter2" in ${lines.length} s`, { reason }),
    );
  return { lines, log, refuse };
}

test('RefusalLog tells of a pod once for each reason, and none of its fields', () => {
  const { lines, refuse } = heard();
  for (const reason of ['InvalidImageName', 'InvalidImageName', 'SlurmUnsatisfiable', undefined, undefined])
    refuse('a', reason);
  refuse('b', 'InvalidImageName');
  expect(lines.map(({ pod, reason }) => `${pod}: ${reason}`)).toEqual([
    'ns/a: InvalidImageName',
    'ns/a: SlurmUnsatisfiable',
    'ns/a: failed_precondition',
    'ns/b: InvalidImageName',
  ]);
  expect(lines[0]).toMatchObject({ podUid: 'a', node: 'n', said: 'pod refused' });
  expect(JSON.stringify(lines)).not.toContain('hunter2');
});

test('RefusalLog tells anew of a pod that was taken in between', () => {
  const { lines, log, refuse } = heard();
  refuse('a', 'InvalidImageName');
  log.taken('a');
  refuse('a', 'InvalidImageName');
  expect(lines).toHaveLength(2);
});
