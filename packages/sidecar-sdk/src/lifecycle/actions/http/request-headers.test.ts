import { expect, test } from 'vitest';
import { requestHeaders } from './request-headers.ts';

const own = ['User-Agent: kube-probe/1.34', 'Accept: */*'];

test.each<[string, [string, string][], string[]]>([
  ['without any', [], own],
  ['in canonical form', [['x-forwarded-for', 'a']], [...own, 'X-Forwarded-For: a']],
  [
    'of the same name, all of them',
    [
      ['accept', 'application/json'],
      ['Accept', '*/*'],
      ['pragma', 'no-cache'],
    ],
    ['User-Agent: kube-probe/1.34', 'Accept: application/json', 'Accept: */*', 'Pragma: no-cache'],
  ],
  ['with a User-Agent', [['User-Agent', 'foo/1.0']], ['Accept: */*', 'User-Agent: foo/1.0']],
  ['with an empty User-Agent', [['User-Agent', '']], ['Accept: */*']],
  ['with an empty Accept', [['accept', '']], ['User-Agent: kube-probe/1.34']],
  [
    'that say what the request is',
    [
      ['Content-Length', '5'],
      ['Transfer-Encoding', 'chunked'],
      ['Connection', 'Keep-Alive'],
    ],
    own,
  ],
])('requestHeaders() %s', (_, given, wanted) => {
  const httpHeaders = given.map(([name, value]) => ({ name, value }));
  const { fields } = requestHeaders({ port: 80, httpHeaders }, 'probe');
  expect(fields.map(([name, value]) => `${name}: ${value}`)).toEqual([...wanted, 'Connection: close']);
});

test('requestHeaders() sets Host apart, the first of several', () => {
  const httpHeaders = [
    { name: 'HOST', value: 'example.com' },
    { name: 'host', value: 'other' },
  ];
  expect(requestHeaders({ port: 80, httpHeaders }, 'probe').host).toBe('example.com');
  expect(requestHeaders({ port: 80 }, 'lifecycle').fields[0]).toEqual(['User-Agent', 'kube-lifecycle/1.34']);
});
