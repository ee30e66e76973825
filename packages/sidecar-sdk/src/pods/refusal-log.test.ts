import { InterLinkError } from '@interlink/protocol';
import { expect, test } from 'vitest';
import { RefusalLog } from './refusal-log.ts';

function heard() {
  const lines: Array<Record<string, unknown>> = [];
  const log = new RefusalLog({ warn: (fields: object, said?: string) => void lines.push({ ...fields, said }) });
  const refuse = (uid: string, message: string) =>
    log.refused(
      { owner: { cluster: 'c', node: 'n' }, uid, namespace: 'ns', name: uid },
      new InterLinkError('failed_precondition', message, { reason: 'SlurmUnsatisfiable' }),
    );
  return { lines, log, refuse };
}

test('RefusalLog tells of a pod once for each reason', () => {
  const { lines, refuse } = heard();
  for (const message of ['too long', 'too long', 'too large', 'too large']) refuse('a', message);
  refuse('b', 'too large');
  expect(lines.map(({ pod, problem }) => `${pod}: ${problem}`)).toEqual([
    'ns/a: too long',
    'ns/a: too large',
    'ns/b: too large',
  ]);
  expect(lines[0]).toMatchObject({ podUid: 'a', node: 'n', reason: 'SlurmUnsatisfiable', said: 'pod refused' });
});

test('RefusalLog tells anew of a pod that was taken in between', () => {
  const { lines, log, refuse } = heard();
  refuse('a', 'too long');
  log.taken('a');
  refuse('a', 'too long');
  expect(lines).toHaveLength(2);
});
