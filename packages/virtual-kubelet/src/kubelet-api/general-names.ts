import type { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

/** Host names and IP addresses as a certificate's alternative names, each once. */
export function toGeneralNames(names: readonly string[]): { type: 'dns' | 'ip'; value: string }[] {
  return [...new Set(names)].map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }));
}

/** Whether the certificate is good for all of these host names and IP addresses. */
export function coversNames(certificate: X509Certificate, names: readonly string[]): boolean {
  return names.every((name) =>
    isIP(name) === 0 ? certificate.checkHost(name) !== undefined : certificate.checkIP(name) !== undefined,
  );
}
