import { describe, expect, test } from 'vitest';
import { localTarget } from '../../testing/action-target.ts';
import { isSameHost, locationOf, redirectedFrom, renderUrl, toRequestPath } from './location.ts';

const target = localTarget(8080);

describe('locationOf()', () => {
  test.each([
    ['the pod’s address', { port: 80, path: '/healthz' }, 'http://127.0.0.1:80/healthz'],
    ['a named port', { port: 'web', path: '/' }, 'http://127.0.0.1:8080/'],
    ['TLS', { port: 443, scheme: 'HTTPS' as const }, 'https://127.0.0.1:443/'],
    ['another host', { port: 80, host: 'example.org' }, 'http://example.org:80/'],
    ['an IPv6 address', { port: 80, host: 'fd00::1' }, 'http://[fd00::1]:80/'],
  ])('takes %s', (_, action, url) => {
    expect(renderUrl(locationOf(action, target))).toBe(url);
  });

  test('fails for a port that the container does not name', () => {
    expect(() => locationOf({ port: 'metrics' }, target)).toThrow('port "metrics" not found');
  });
});

test.each([
  ['', '/'],
  ['?foo', '/?foo'],
  ['path?bar', '/path?bar'],
  ['/a b/ä', '/a%20b/%C3%A4'],
  ['/100%25', '/100%25'],
  ['/a#b', '/a'],
  ['//evil.example/x', '//evil.example/x'],
  ['http://evil.example/', '/http://evil.example/'],
  ['/a\r\nX-Injected: 1', '/a%0D%0AX-Injected:%201'],
  ['/\ud800', '/%EF%BF%BD'],
])('toRequestPath(%j) is %j', (path, wanted) => {
  expect(toRequestPath(path)).toBe(wanted);
});

describe('redirectedFrom()', () => {
  const from = locationOf({ port: 8080, path: '/a/b' }, target);

  test.each([
    ['/new', 'http://127.0.0.1:8080/new', true],
    ['c?d', 'http://127.0.0.1:8080/a/c?d', true],
    ['http://127.0.0.1:1/x', 'http://127.0.0.1:1/x', true],
    ['https://127.0.0.1/x', 'https://127.0.0.1/x', true],
    ['http://0.0.0.0/fail', 'http://0.0.0.0/fail', false],
    ['//example.org/', 'http://example.org/', false],
  ])('takes %s to %s', (header, url, isSame) => {
    const to = redirectedFrom(from, header);
    expect([renderUrl(to), isSameHost(from, to)]).toEqual([url, isSame]);
  });

  test('keeps to HTTP', () => {
    expect(() => redirectedFrom(from, 'ftp://127.0.0.1/')).toThrow('unsupported protocol scheme "ftp"');
    expect(() => redirectedFrom(from, 'http://[::1')).toThrow(TypeError);
  });

  test('knows a host by any spelling', () => {
    const v6 = locationOf({ port: 80, host: 'FD00:0::1' }, target);
    expect(isSameHost(v6, redirectedFrom(v6, 'http://[fd00::1]:80/'))).toBe(true);
  });
});
