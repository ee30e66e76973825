import { describe, expect, it } from 'vitest';
import { parseExecCredential } from './exec-credential.ts';

const V1 = 'client.authentication.k8s.io/v1';
const output = (status: object) => JSON.stringify({ apiVersion: V1, kind: 'ExecCredential', status });

describe('parseExecCredential()', () => {
  it('reads token, certificate and expiry', () => {
    const status = {
      token: 't',
      clientCertificateData: 'C',
      clientKeyData: 'K',
      expirationTimestamp: '2026-01-02T03:04:05Z',
    };
    expect(parseExecCredential(output(status), V1)).toEqual({
      headers: { authorization: 'Bearer t' },
      cert: 'C',
      key: 'K',
      expiresAt: Date.UTC(2026, 0, 2, 3, 4, 5),
    });
    expect(parseExecCredential(output({ token: 't' }), V1).expiresAt).toBeUndefined();
  });

  it.each([
    ['hunter2 is not JSON', 'is not JSON'],
    [output({ hunter2: 1 }), 'neither status.token'],
    [output({ token: 'hunter2', clientKeyData: 'K' }), 'want both'],
    [output({ token: 'hunter2', expirationTimestamp: 'soon' }), 'not RFC 3339'],
    ['null', 'apiVersion "undefined"'],
    [JSON.stringify({ apiVersion: { toString: null } }), 'apiVersion "object"'],
    [JSON.stringify({ apiVersion: 'v2', status: { token: 'hunter2' } }), `apiVersion "v2", want "${V1}"`],
  ])('%# says what is wrong without quoting', (stdout, message) => {
    expect(() => parseExecCredential(stdout, V1)).toThrow(message);
    expect(() => parseExecCredential(stdout, V1)).not.toThrow('hunter2');
  });
});
