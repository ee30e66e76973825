import { expect, test } from 'vitest';
import { tlsProblems } from './tls-problems.ts';

const plain = {
  'TLS.Enabled': undefined,
  'TLS.CertFile': undefined,
  'TLS.KeyFile': undefined,
  'TLS.CACertFile': undefined,
  InterlinkURL: 'http://127.0.0.1',
  InterlinkAddress: undefined,
  SidecarURL: 'http://127.0.0.1',
  Sidecars: undefined,
};

test.each([
  ['nothing of TLS', {}],
  ['https without files, as before a proxy with a public certificate', { InterlinkURL: 'https://site' }],
  ['TLS to InterLink, none to the sidecar', { InterlinkURL: 'https://site', 'TLS.Enabled': true }],
  ['a proxy before InterLink', { InterlinkURL: 'https://site', InterlinkAddress: 'http://127.0.0.1' }],
  ['files that are switched off', { 'TLS.Enabled': false, 'TLS.CertFile': '/c' }],
])('tlsProblems() has none with %s', (_what, config) => {
  expect(tlsProblems({ ...plain, ...config })).toEqual([]);
});

test.each([
  [
    { 'TLS.Enabled': false, InterlinkURL: 'https://site' },
    'TLS.Enabled is false and InterlinkURL is https://site: leave TLS.Enabled out, or http://',
  ],
  [
    { 'TLS.Enabled': true },
    'TLS.Enabled is true and no address is https://: InterlinkURL, InterlinkAddress, SidecarURL',
  ],
  [
    { 'TLS.CACertFile': '/ca' },
    'TLS.CACertFile is set and no address is https://: InterlinkURL, InterlinkAddress, SidecarURL',
  ],
  [
    { 'TLS.Enabled': true, InterlinkURL: 'https://site', InterlinkAddress: 'http://0.0.0.0' },
    'TLS.Enabled is true and InterlinkAddress is http://0.0.0.0: https:// is wanted, or TLS.Enabled left out where a proxy before InterLink speaks TLS',
  ],
])('tlsProblems() of %j', (config, problem) => {
  expect(tlsProblems({ ...plain, ...config })).toEqual([problem]);
});
