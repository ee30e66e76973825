import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ClusterAccess, StableTlsMaterial } from './cluster-access.ts';
import { FreshFile } from './fresh-file.ts';
import { tokenFileLogin } from './user-login.ts';

const SERVICE_ACCOUNT_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The access of a pod to its own cluster: https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
 * @returns undefined outside a cluster (`KUBERNETES_SERVICE_HOST` or `_PORT` unset).
 * @throws Error naming the token file when it cannot be read.
 */
export async function inClusterAccess(
  env: NodeJS.ProcessEnv,
  folder = SERVICE_ACCOUNT_FOLDER,
): Promise<ClusterAccess | undefined> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env;
  if (!host || !port) return undefined;
  const ca = new FreshFile(join(folder, 'ca.crt'));
  const login = tokenFileLogin(new FreshFile(join(folder, 'token')));
  const stable = new StableTlsMaterial();
  const namespace = await readFile(join(folder, 'namespace'), 'utf8').catch(() => '');
  const access: ClusterAccess = {
    server: new URL(`https://${host.includes(':') ? `[${host}]` : host}:${port}`),
    source: 'the service account of this pod',
    isInCluster: true,
    ...(namespace.trim() === '' ? {} : { namespace: namespace.trim() }),
    async credentials() {
      const [caText, { headers = {} }] = await Promise.all([ca.read(), login.current()]);
      return { headers, tls: stable.settle({ ca: caText, insecureSkipVerify: false }) };
    },
    refresh() {
      ca.expire();
      login.expire?.();
      return true;
    },
  };
  await access.credentials();
  return access;
}
