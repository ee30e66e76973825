import { bearer, type LoginResult } from './login.ts';

/** The versions of `client.authentication.k8s.io` that are spoken; `v1alpha1` is gone since Kubernetes 1.24. */
export const EXEC_API_VERSIONS = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];

/** What an exec plugin printed, in our terms. */
export interface ExecCredential extends LoginResult {
  /** Milliseconds since the epoch; undefined: good for as long as this process runs. */
  expiresAt: number | undefined;
}

/**
 * Parses what a credential plugin printed.
 * https://kubernetes.io/docs/reference/config-api/client-authentication.v1/#client-authentication-k8s-io-v1-ExecCredential
 * @throws Error saying what is missing; it never quotes the output, which holds the credential.
 */
export function parseExecCredential(stdout: string, apiVersion: string): ExecCredential {
  let output: unknown;
  try {
    output = JSON.parse(stdout);
  } catch {
    throw new Error('its output is not JSON');
  }
  const credential = output as { apiVersion?: unknown; status?: Record<string, unknown> } | null;
  if (credential?.apiVersion !== apiVersion) {
    const said = typeof credential?.apiVersion === 'string' ? credential.apiVersion : typeof credential?.apiVersion;
    throw new Error(`its output has apiVersion "${said}", want "${apiVersion}"`);
  }
  const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp } = credential.status ?? {};
  const hasPair = typeof cert === 'string' && typeof key === 'string';
  if ((cert !== undefined || key !== undefined) && !hasPair) {
    throw new Error('its output has only one of status.clientCertificateData and status.clientKeyData, want both');
  }
  if (typeof token !== 'string' && !hasPair)
    throw new Error('its output has neither status.token nor a client certificate');
  const expiresAt = typeof expirationTimestamp === 'string' ? Date.parse(expirationTimestamp) : undefined;
  if (Number.isNaN(expiresAt)) throw new Error('its output has a status.expirationTimestamp that is not RFC 3339');
  return {
    ...(typeof token === 'string' ? { headers: bearer(token) } : {}),
    ...(hasPair ? { cert, key } : {}),
    expiresAt,
  };
}
