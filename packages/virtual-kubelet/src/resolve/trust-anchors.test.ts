import type { ClusterTrustBundle } from '@interlink/kube';
import { describe, expect, it } from 'vitest';
import { trustAnchors } from './trust-anchors.ts';

const body = (letter: string) => letter.repeat(100);
const pem = (letter: string) =>
  `-----BEGIN CERTIFICATE-----\n${letter.repeat(64)}\n${letter.repeat(36)}\n-----END CERTIFICATE-----\n`;
const bundle = (
  name: string,
  trustBundle: string,
  { signerName, labels = {} }: { signerName?: string; labels?: Record<string, string> } = {},
): ClusterTrustBundle => ({
  metadata: { name, resourceVersion: '5', labels },
  spec: { trustBundle, ...(signerName === undefined ? {} : { signerName }) },
});

const bundles = [
  bundle('plain', `some words\n${pem('B')}more words\n\n${pem('A')}${pem('B')}`),
  bundle('example.com:foo:1', pem('C'), { signerName: 'example.com/foo', labels: { env: 'prod' } }),
  bundle('example.com:foo:2', `${pem('D')}${pem('C')}`, { signerName: 'example.com/foo', labels: { env: 'dev' } }),
];
const signerName = 'example.com/foo';

describe('trustAnchors()', () => {
  it('gives each certificate once, without anything between, in the same order each time', () => {
    expect(trustAnchors({ name: 'plain', path: 'p' }, bundles)).toBe(pem('A') + pem('B'));
  });

  it.each([
    [
      'headers and other line lengths',
      `-----BEGIN CERTIFICATE-----\nProc-Type: 4\nX: y\n\n${body('A')}\n-----END CERTIFICATE-----`,
    ],
    ['carriage returns', pem('A').replaceAll('\n', '\r\n')],
  ])('reads %s', (_, text) => {
    expect(trustAnchors({ name: 'x', path: 'p' }, [bundle('x', text)])).toBe(pem('A'));
  });

  it.each([
    ['an empty selector, which matches everything', {}, pem('C') + pem('D')],
    ['matchLabels', { matchLabels: { env: 'prod' } }, pem('C')],
    ['In', { matchExpressions: [{ key: 'env', operator: 'In', values: ['dev'] }] }, pem('C') + pem('D')],
    ['NotIn', { matchExpressions: [{ key: 'env', operator: 'NotIn', values: ['dev'] }] }, pem('C')],
    ['Exists', { matchExpressions: [{ key: 'env', operator: 'Exists' }] }, pem('C') + pem('D')],
  ])('selects those of a signer by %s', (_, labelSelector, wanted) => {
    expect(trustAnchors({ signerName, labelSelector, path: 'p' }, bundles)).toBe(wanted);
  });

  it.each([
    [
      { name: 'none' },
      bundles,
      'while getting ClusterTrustBundle: clustertrustbundle.certificates.k8s.io "none" not found',
    ],
    [{ signerName }, bundles, 'combination of signerName and labelSelector matched zero ClusterTrustBundles'],
    [
      { signerName, labelSelector: { matchExpressions: [{ key: 'env', operator: 'DoesNotExist' }] } },
      bundles,
      'combination of signerName and labelSelector matched zero ClusterTrustBundles',
    ],
    [
      { name: 'plain' },
      undefined,
      'ClusterTrustBundle projection is not supported: the API server does not serve them',
    ],
    [{}, bundles, 'ClusterTrustBundle projection requires either name or signerName to be set'],
  ])('refuses %j, unless that is optional', (source, given, message) => {
    expect(() => trustAnchors({ ...source, path: 'p' }, given)).toThrow(message);
    if (!message.includes('requires')) expect(trustAnchors({ ...source, path: 'p', optional: true }, given)).toBe('');
  });
});
