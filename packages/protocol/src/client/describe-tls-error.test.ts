import { expect, test } from 'vitest';
import { describeTlsError } from './describe-tls-error.ts';

const withCode = (code: string, more: object = {}) => Object.assign(new Error('words'), { code, ...more });

test.each([
  ['CERT_HAS_EXPIRED', 'its certificate, or one of its chain, has expired (CERT_HAS_EXPIRED)'],
  [
    'SELF_SIGNED_CERT_IN_CHAIN',
    'its certificate is signed by itself, which is not trusted here (SELF_SIGNED_CERT_IN_CHAIN)',
  ],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'it does not speak TLS: is its address http://? (ERR_SSL_WRONG_VERSION_NUMBER)'],
  [
    'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
    'it does not know the CA of our client certificate (ERR_SSL_TLSV1_ALERT_UNKNOWN_CA)',
  ],
  ['ECONNREFUSED', undefined],
])('describeTlsError() of %s', (code, words) => {
  expect(describeTlsError(withCode(code))).toBe(words);
});

test('describeTlsError() says whose a certificate of another name is', () => {
  const other = withCode('ERR_TLS_CERT_ALTNAME_INVALID', { host: 'a', cert: { subjectaltname: 'DNS:b, DNS:c' } });
  expect(describeTlsError(other)).toBe(
    'its certificate is for DNS:b, DNS:c, and not for a (ERR_TLS_CERT_ALTNAME_INVALID)',
  );
  const none = withCode('ERR_TLS_CERT_ALTNAME_INVALID', { host: 'a', cert: {} });
  expect(describeTlsError(none)).toContain('is for no name, and not for a');
});
