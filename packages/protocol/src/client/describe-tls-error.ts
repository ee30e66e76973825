/** OpenSSL's and Node's names of what is wrong with a peer's certificate (https://nodejs.org/api/tls.html#x509-certificate-error-codes). */
const meanings: ReadonlyArray<readonly [RegExp, string]> = [
  [/^CERT_HAS_EXPIRED$/, 'its certificate, or one of its chain, has expired'],
  [/^CERT_NOT_YET_VALID$/, 'its certificate, or one of its chain, is not valid yet'],
  [/^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN)$/, untrusted('signed by itself')],
  [/^UNABLE_TO_(GET_ISSUER_CERT(_LOCALLY)?|VERIFY_LEAF_SIGNATURE)$/, untrusted('signed by an unknown CA')],
  [/^CERT_SIGNATURE_FAILURE$/, untrusted('signed by another key than that of the CA of this name')],
  [/^CERT_REVOKED$/, 'its certificate is revoked'],
  [/^INVALID_PURPOSE$/, 'its certificate is not for servers'],
  // What the peer says of ours.
  [/^ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED$/, 'it wants a client certificate'],
  [/^ERR_SSL_(TLSV1|SSLV3|SSL\/TLS)_ALERT_CERTIFICATE_EXPIRED$/, 'it says that our client certificate has expired'],
  [/^ERR_SSL_(TLSV1|SSLV3|SSL\/TLS)_ALERT_UNKNOWN_CA$/, 'it does not know the CA of our client certificate'],
  [/^ERR_SSL_.*ALERT_(BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_\w+)$/, 'it refuses our client certificate'],
  [/^ERR_SSL_(.*ALERT_PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL)$/, 'it speaks another version of TLS'],
  [/^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)$/, 'it does not speak TLS: is its address http://?'],
];

function untrusted(how: string): string {
  return `its certificate is ${how}, which is not trusted here`;
}

/**
 * What a failed TLS handshake comes to, in words for whoever has to mend it.
 * @returns undefined for any other error
 */
export function describeTlsError(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  const { code } = error;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return describeOtherName(error);
  const meaning = meanings.find(([pattern]) => pattern.test(code))?.[1];
  return meaning === undefined ? undefined : `${meaning} (${code})`;
}

function describeOtherName(error: Error): string {
  const { host, cert } = error as Error & {
    host?: unknown;
    cert?: { subjectaltname?: unknown; subject?: { CN?: unknown } };
  };
  const names = cert?.subjectaltname ?? cert?.subject?.CN ?? 'no name';
  return `its certificate is for ${names}, and not for ${host} (ERR_TLS_CERT_ALTNAME_INVALID)`;
}
