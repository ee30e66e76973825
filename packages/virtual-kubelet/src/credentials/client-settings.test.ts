import { expect, test } from 'vitest';
import { parseClientSettings } from './client-settings.ts';

const whole = { Issuer: 'https://issuer.example/realm', ClientID: 'vk', ClientSecretFile: '/run/secret' };

test('parseClientSettings() reads who asks whom, and leaves out what is not said', () => {
  expect(parseClientSettings({ ...whole, Audience: 'interlink' })).toEqual({
    issuer: new URL('https://issuer.example/realm'),
    clientId: 'vk',
    clientSecretFile: '/run/secret',
    refreshTokenFile: undefined,
    audience: 'interlink',
    scope: undefined,
    caFile: undefined,
  });
});

test.each([
  [{ ...whole, Issuer: 'http://issuer.example' }, /Issuer is "http:\/\/issuer.example": https:/],
  [{ ...whole, Issuer: 'issuer.example' }, /Issuer is "issuer.example"/],
  [{ Issuer: whole.Issuer, ClientID: 'vk' }, /neither ClientSecretFile nor RefreshTokenFile/],
])('parseClientSettings() of %j says what is wanted', (root, wanted) => {
  expect(() => parseClientSettings(root)).toThrow(wanted);
});

test('parseClientSettings() takes http:// on loopback, and repeats no password', () => {
  expect(parseClientSettings({ ...whole, Issuer: 'http://127.0.0.1:8080' }).issuer.port).toBe('8080');
  const withPassword = { ...whole, Issuer: 'https://me:hunter2@issuer.example' };
  expect(() => parseClientSettings(withPassword)).toThrow(/Issuer is more than an address/);
  expect(() => parseClientSettings(withPassword)).not.toThrow(/hunter2/);
});
