import { describe, expect, it } from 'vitest';
import { findRoute, requiredAccess } from './routes.ts';

describe('findRoute()', () => {
  it.each([
    ['/healthz', 'healthz', {}],
    ['/healthz/ping', 'healthz', {}],
    ['/pods', 'pods', {}],
    ['/runningpods/', 'runningPods', {}],
    ['/containerLogs/ns/p/c', 'containerLogs', { namespace: 'ns', pod: 'p', container: 'c' }],
    ['/containerLogs/ns/p%2Eq/c', 'containerLogs', { namespace: 'ns', pod: 'p.q', container: 'c' }],
    ['/exec/ns/p/c', 'exec', { namespace: 'ns', pod: 'p', container: 'c' }],
    ['/attach/ns/p/uid/c', 'attach', { namespace: 'ns', pod: 'p', uid: 'uid', container: 'c' }],
    ['/portForward/ns/p', 'portForward', { namespace: 'ns', pod: 'p' }],
    ['/portForward/ns/p/uid', 'portForward', { namespace: 'ns', pod: 'p', uid: 'uid' }],
    ['/stats/summary', 'summary', {}],
    ['/metrics', 'metrics', {}],
    ['/metrics/resource', 'metricsResource', {}],
    ['/metrics/cadvisor', 'metricsCadvisor', {}],
    ['/metrics/probes', 'metricsProbes', {}],
    ['/metrics/slis', 'metricsSlis', {}],
    ['/configz', 'configz', {}],
    ['/run/ns/p/c', 'run', { namespace: 'ns', pod: 'p', container: 'c' }],
  ])('finds %s', (path, name, names) => {
    expect(findRoute(path)).toMatchObject({ name, names });
  });

  it.each([
    '/',
    '',
    '//pods',
    '/Pods',
    '/healthz/../pods',
    '/stats',
    '/stats/container',
    '/metrics/other',
    '/containerLogs/ns/p',
    '/containerLogs/ns/p/c/d',
    '/containerLogs//p/c',
    '/containerLogs/ns/%zz/c',
    'https://node/pods',
  ])('has nothing at %j', (path) => {
    expect(findRoute(path)).toBeUndefined();
  });
});

describe('requiredAccess()', () => {
  it.each([
    ['GET', '/containerLogs/ns/p/c', [['get', 'proxy']]],
    ['GET', '/healthz', [['get', 'healthz', 'proxy']]],
    ['GET', '/healthz/ping', [['get', 'healthz', 'proxy']]],
    ['GET', '/healthzzz', [['get', 'proxy']]],
    ['GET', '/pods', [['get', 'pods', 'proxy']]],
    ['GET', '/runningpods/', [['get', 'pods', 'proxy']]],
    ['GET', '/configz', [['get', 'configz', 'proxy']]],
    ['GET', '/metrics/resource', [['get', 'metrics']]],
    ['POST', '/stats/summary', [['create', 'stats']]],
    ['GET', '/logs/', [['get', 'log']]],
    ['GET', '//pods', [['get', 'proxy']]],
    ['PUT', '/nothing', [['update', 'proxy']]],
    ['HEAD', '/pods', [['head', 'pods', 'proxy']]],
    ['POST', '/exec/ns/p/c', [['create', 'proxy']]],
    [
      'GET',
      '/exec/ns/p/c',
      [
        ['get', 'proxy'],
        ['create', 'proxy'],
      ],
    ],
    [
      'GET',
      '/portForward/ns/p',
      [
        ['get', 'proxy'],
        ['create', 'proxy'],
      ],
    ],
  ])('%s %s', (method, path, expected) => {
    expect(requiredAccess(method, path).map(({ verb, subresources }) => [verb, ...subresources])).toEqual(expected);
  });
});
