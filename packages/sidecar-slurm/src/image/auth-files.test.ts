import { expect, test } from 'vitest';
import { renderAuthFiles } from './auth-files.ts';
import type { PlannedImage } from './planned-image.ts';

const common = {
  uri: '',
  name: '',
  path: '',
  key: '',
  imageId: '',
  policy: 'Always',
  isVerified: false,
  accessKeys: [],
  isInsecure: false,
  lookedFor: '',
} as const;
const imageOf = (repository: string, ...logins: PlannedImage['logins']): PlannedImage => ({
  ...common,
  repository,
  logins,
});
const base64 = (text: string) => Buffer.from(text).toString('base64');

test('renderAuthFiles() makes no file for images without logins', () => {
  expect(renderAuthFiles([imageOf('docker.io/library/busybox')])).toEqual(new Map());
});

test('renderAuthFiles() puts the n-th login of each image into the n-th file', () => {
  const files = renderAuthFiles([
    imageOf('a.org/x/one', { username: 'u', password: 'p:q' }, { identityToken: 't' }),
    imageOf('a.org/y/two', { username: 'v', password: 'ü' }),
  ]);
  expect([...files].map(([name, text]) => [name, JSON.parse(text)])).toEqual([
    [
      'auth.json',
      {
        auths: {
          'a.org/x/one': { auth: base64('u:p:q') },
          'a.org': { auth: base64('u:p:q') },
          'a.org/y/two': { auth: base64('v:ü') },
        },
      },
    ],
    [
      'auth-1.json',
      {
        auths: {
          'a.org/x/one': { auth: base64(':'), identitytoken: 't' },
          'a.org': { auth: base64(':'), identitytoken: 't' },
        },
      },
    ],
  ]);
});
