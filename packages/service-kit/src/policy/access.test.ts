import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readAccess } from './access.ts';

const prefix = '/v2/clusters/c1/nodes/n1';

test.each([
  ['GET', 'capabilities', 'capabilities'],
  ['HEAD', 'pods', 'list'],
  ['GET', 'pods', 'list'],
  ['GET', 'pods?watch=true&cursor=a-1', 'watch'],
  ['GET', 'pods?watch=false', 'list'],
  ['GET', 'stats', 'stats'],
  ['POST', 'render', 'render'],
  ['PUT', 'pods/u1', 'create'],
  ['PUT', 'pods/u1?adopt=true', 'create'],
  ['PATCH', 'pods/u1', 'update'],
  ['DELETE', 'pods/u1?gracePeriodSeconds=0', 'delete'],
  ['PATCH', 'pods/u1/volumes', 'updateVolumes'],
  ['GET', 'pods/u1/rendering', 'rendering'],
  ['PUT', 'pods/u1/rendering', 'other'],
  ['PUT', 'pods/u1/kubeconfig', 'kubeconfig'],
  ['GET', 'pods/u1/containers/c/log?follow=true', 'log'],
  ['GET', 'pods/u1/containers/c/exec?command=ls', 'exec'],
  ['GET', 'pods/u1/containers/c/attach', 'attach'],
  ['GET', 'pods/u1/portforward?port=80', 'portforward'],
  ['POST', 'pods', 'other'],
  ['DELETE', 'stats', 'other'],
  ['GET', 'pods/u1', 'other'],
  ['GET', 'Pods', 'other'],
  ['GET', 'pods/u1/containers/c/exec/more', 'other'],
  ['PATCH', 'pods/u1/anything-to-come', 'other'],
])('readAccess() of %s %s is %s', (method, rest, verb) => {
  expect(readAccess(method, `${prefix}/${rest}`)).toMatchObject({ owner: { cluster: 'c1', node: 'n1' }, verb });
});

test('readAccess() tells the pod and its container', () => {
  expect(readAccess('GET', `${prefix}/pods/u1/containers/c/log`)).toMatchObject({ uid: 'u1', container: 'c' });
});

test.each([
  `${prefix}/../n2/pods`,
  `${prefix}/pods/../../n2/pods`,
  `${prefix}/pods/..`,
  `${prefix}/./pods`,
  `${prefix}//pods`,
  `${prefix}/pods/`,
  `/${prefix}/pods`,
  `${prefix}/%2e%2e/n2/pods`,
  `${prefix}/..%2fn2/pods`,
  `${prefix}/pods/u1%2fcontainers%2fc%2fexec`,
  `${prefix}/pods/u1/containers/c/%65xec`,
  `${prefix}/pods/u1\\..\\..`,
  `${prefix}/pods;x=/../../n2`,
  `${prefix}/pods#/../n2`,
  `${prefix}/pods\u0000`,
  `http://sidecar${prefix}/pods`,
  '/v2/clusters/c1%2fnodes%2fn2/nodes/n1/pods',
  '/v2/clusters/c1/nodes/N1/pods',
  '/v2/clusters/c1/nodes/n1',
  '/V2/clusters/c1/nodes/n1/pods',
  '/v2/clusters/c1/nodes/n1.../pods',
  '/v2/clusters/../nodes/n1/pods',
  '',
  '?',
])('readAccess() refuses %j, which somebody behind could read in another way', (url) => {
  expect(() => readAccess('GET', url)).toThrow(expect.objectContaining({ code: 'invalid_argument' }));
});

const parts = fc.constantFrom(
  '..',
  '.',
  '',
  'n2',
  'pods',
  'u1',
  'exec',
  '%2e%2e',
  '..%2f',
  '%2F',
  'a%00',
  '\\',
  'A',
  '~',
  'c.d',
  'x;y',
  '#',
  ':',
);

test('readAccess() takes no path that a URL parser, or one that decodes, would take for another owner’s', () => {
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 8 }), (rest) => {
      const url = `${prefix}/${rest.join('/')}`;
      let taken = true;
      try {
        readAccess('GET', url);
      } catch {
        taken = false;
      }
      if (!taken) return;
      expect(decodeURIComponent(url)).toBe(url);
      expect(new URL(`http://x${url}`).pathname).toBe(url);
      expect(url.startsWith(`${prefix}/`)).toBe(true);
    }),
    { numRuns: 5_000 },
  );
});
