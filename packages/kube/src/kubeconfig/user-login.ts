import { authProviderLogin } from './auth-provider-login.ts';
import { execLogin } from './exec-login.ts';
import { FreshFile } from './fresh-file.ts';
import type { KubeconfigCluster, KubeconfigUser } from './kubeconfig-file.ts';
import { bearer, type Login, type LoginResult } from './login.ts';
import { constantText, decodeBase64, type TextSource } from './text-source.ts';

/**
 * The ways in which a kubeconfig user logs in; their results are added up (a client certificate may come with a token).
 * As client-go: `*-data` wins over a file, `tokenFile` over `token`, and a token over the exec plugin.
 * @throws Error naming the user and the field that is wrong.
 */
export function userLogins(name: string, user: KubeconfigUser, cluster: KubeconfigCluster): Login[] {
  const logins: Login[] = [];
  const certificate = clientCertificate(name, user);
  if (certificate !== undefined) logins.push(certificate);
  const impersonation = impersonationHeaders(user);
  if (impersonation !== undefined) logins.push(fixed({ headers: impersonation }));

  const { token, tokenFile, username, exec } = user;
  const provider = user['auth-provider'];
  if (tokenFile) logins.push(tokenFileLogin(new FreshFile(tokenFile)));
  else if (token) logins.push(fixed({ headers: bearer(token) }));
  else if (username) {
    const pair = Buffer.from(`${username}:${user.password ?? ''}`).toString('base64');
    logins.push(fixed({ headers: { authorization: `Basic ${pair}` } }));
  } else if (exec !== undefined) logins.push(execLogin(name, exec, cluster));
  else if (provider !== undefined) logins.push(authProviderLogin(name, provider));
  return logins;
}

/** Logs in with the bearer token in a file, which may be replaced at any time. */
export function tokenFileLogin(file: FreshFile): Login {
  return {
    async current() {
      const token = await file.read();
      if (token === '') throw new Error(`Cannot use token file "${file.path}": it is empty`);
      return { headers: bearer(token) };
    },
    expire: () => file.expire(),
  };
}

function fixed(result: LoginResult): Login {
  return { current: async () => result };
}

function clientCertificate(name: string, user: KubeconfigUser): Login | undefined {
  const cert = pemSource(
    `users["${name}"].client-certificate`,
    user['client-certificate-data'],
    user['client-certificate'],
  );
  const key = pemSource(`users["${name}"].client-key`, user['client-key-data'], user['client-key']);
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    throw new Error(
      `users["${name}"] has ${cert === undefined ? 'a client key without a certificate' : 'a client certificate without a key'}`,
    );
  }
  return {
    current: async () => ({ cert: await cert.read(), key: await key.read() }),
    expire() {
      cert.expire();
      key.expire();
    },
  };
}

function pemSource(field: string, data: string | undefined, file: string | undefined): TextSource | undefined {
  if (data) return constantText(decodeBase64(`${field}-data`, data));
  return file ? new FreshFile(file) : undefined;
}

// https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation
function impersonationHeaders(user: KubeconfigUser): Record<string, string | string[]> | undefined {
  if (!user.as) return undefined;
  const headers: Record<string, string | string[]> = { 'impersonate-user': user.as };
  if (user['as-uid']) headers['impersonate-uid'] = user['as-uid'];
  if (user['as-groups']?.length) headers['impersonate-group'] = user['as-groups'];
  for (const [key, values] of Object.entries(user['as-user-extra'] ?? {})) {
    headers[`impersonate-extra-${encodeURIComponent(key).toLowerCase()}`] = values;
  }
  return headers;
}
