import Type from 'typebox';
import { expect, test } from 'vitest';
import { parsePodRequest } from './pod/pod-request.ts';
import { parserOf } from './validate.ts';

const secret = 'hunter2-hunter2';

function requestWith(pod: object): unknown {
  return { pod, volumes: [{ name: 'v', files: [{ path: '../x', mode: 420, data: secret }] }] };
}

function messageOf(parse: () => unknown): string {
  try {
    parse();
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
  throw new Error('It was taken');
}

test('parsePodRequest() names every place that does not fit and never a value', () => {
  const metadata = { uid: secret, namespace: 'ns', name: 'p', labels: { a: 1 } };
  const spec = { containers: [{ name: secret.toUpperCase(), env: [{ name: 'A', value: `${secret}\0` }] }] };
  const message = messageOf(() => parsePodRequest(requestWith({ metadata, spec })));
  for (const place of ['/pod/metadata/uid', '/pod/spec/containers/0/name', '/volumes/0/files/0/path']) {
    expect(message).toContain(place);
  }
  expect(message.toLowerCase()).not.toContain('hunter2');
});

test('parserOf() names eight problems at most', () => {
  const parse = parserOf(Type.Array(Type.Integer()), 'list');
  const message = messageOf(() => parse(Array.from({ length: 1_000 }, () => secret)));
  expect(message.split('; ')).toHaveLength(8);
  expect(message).toMatch(/^Invalid list: \/0 must be integer; /);
});

test('parserOf() calls the whole value the body', () => {
  expect(messageOf(() => parsePodRequest('x'))).toMatch(/^Invalid pod request: the body /);
});

test('parsePodRequest() lets fields through that no schema names', () => {
  const metadata = { uid: '11111111-1111-4111-8111-111111111111', namespace: 'ns', name: 'p' };
  const spec = { containers: [{ name: 'c', livenessProbe: { newAction: {} } }], tolerations: [{ key: 'k' }] };
  const request = { pod: { metadata, spec }, volumes: [] };
  expect(parsePodRequest(request)).toEqual(request);
});
