import { expect, test } from 'vitest';
import { parseEngineEvent } from './engine-event.ts';

const attributes = { 'interlink.eu/pod-uid': 'u', exitCode: '1' };

test.each([
  [
    { Action: 'die', Actor: { ID: '0a', Attributes: attributes } },
    { containerId: '0a', uid: 'u' },
  ],
  [{ Action: 'die', Actor: { ID: '0a', Attributes: {} } }, undefined],
  [{ Actor: { ID: '0a', Attributes: null } }, undefined],
  [{ Actor: { Attributes: attributes } }, undefined],
  [{ errorDetail: {} }, undefined],
  [null, undefined],
  ['text', undefined],
])('parseEngineEvent() of %j is %j', (line, event) => {
  expect(parseEngineEvent(line)).toEqual(event);
});
