import { TokenFile } from '@interlink/service-kit';
import { expect, test } from 'vitest';
import { sidecarToken } from './sidecar-token.ts';

const account = new TokenFile('/account/token');

test.each([
  ['http://127.0.0.1:4000', undefined, '/account/token'],
  ['http://localhost:4000', undefined, '/account/token'],
  ['http://[::1]:4000', undefined, '/account/token'],
  ['unix:///run/sidecar.sock', undefined, '/account/token'],
  ['https://127.0.0.1.evil.example:4000', undefined, undefined],
  ['https://login.example:4001', undefined, undefined],
  ['https://login.example:4001', '/its/token', '/its/token'],
  ['http://127.0.0.1:4000', '/its/token', '/its/token'],
])('sidecarToken() for %s with the file %s is %s', (url, tokenFile, path) => {
  expect(sidecarToken({ url, tokenFile }, account)?.path).toBe(path);
});
