import { type ClusterAccess, type Credentials, StableTlsMaterial } from './cluster-access.ts';
import type { FoundKubeconfig } from './find-kubeconfig.ts';
import { FreshFile } from './fresh-file.ts';
import type { KubeconfigCluster } from './kubeconfig-file.ts';
import type { Login } from './login.ts';
import { constantText, decodeBase64, type TextSource } from './text-source.ts';
import { userLogins } from './user-login.ts';

/**
 * The access that one context of a kubeconfig describes.
 * @throws Error naming the file, the field and the value when the context, its cluster or its user is missing or wrong.
 */
export function kubeconfigAccess(found: FoundKubeconfig, wantedContext: string | undefined): ClusterAccess {
  const { kubeconfig } = found;
  const files = found.files.map((file) => `"${file}"`).join(', ');
  const contextName = wantedContext ?? kubeconfig.currentContext;
  if (contextName === undefined) throw new Error(`Cannot use kubeconfig ${files}: it has no current-context`);
  const context = entry(kubeconfig.contexts, contextName, 'context', files);
  const clusterName = context.cluster ?? '';
  const cluster = entry(kubeconfig.clusters, clusterName, 'cluster', files);
  const userName = context.user ?? '';
  const user = userName === '' ? {} : entry(kubeconfig.users, userName, 'user', files);
  const source = `kubeconfig ${files}, context "${contextName}"`;
  const proxyUrl = cluster['proxy-url'];
  return {
    server: parseUrl(`clusters["${clusterName}"].server`, cluster.server ?? '', files),
    source,
    ...(context.namespace ? { namespace: context.namespace } : {}),
    ...(proxyUrl ? { proxyUrl: parseUrl(`clusters["${clusterName}"].proxy-url`, proxyUrl, files) } : {}),
    ...checked(files, () => loginMethods(clusterName, cluster, userLogins(userName, user, cluster))),
  };
}

/** Puts the files in front of what is wrong with an entry of theirs. */
function checked<T>(files: string, build: () => T): T {
  try {
    return build();
  } catch (err) {
    throw new Error(`Cannot use kubeconfig ${files}: ${(err as Error).message}`);
  }
}

function loginMethods(
  name: string,
  cluster: KubeconfigCluster,
  logins: Login[],
): Pick<ClusterAccess, 'credentials' | 'refresh'> {
  const ca = certificateAuthority(name, cluster);
  const serverName = cluster['tls-server-name'];
  const stable = new StableTlsMaterial();
  return {
    async credentials(): Promise<Credentials> {
      const [caText, ...results] = await Promise.all([ca?.read(), ...logins.map((login) => login.current())]);
      const pair = results.find(({ cert }) => cert !== undefined);
      const tls = stable.settle({
        ...(caText === undefined ? {} : { ca: caText }),
        ...(pair?.cert === undefined || pair.key === undefined ? {} : { cert: pair.cert, key: pair.key }),
        ...(serverName ? { serverName } : {}),
        insecureSkipVerify: cluster['insecure-skip-tls-verify'] === true,
      });
      return { headers: Object.assign({}, ...results.map(({ headers }) => headers)), tls };
    },
    refresh() {
      ca?.expire();
      for (const login of logins) login.expire?.();
      return logins.some((login) => login.expire !== undefined);
    },
  };
}

function certificateAuthority(name: string, cluster: KubeconfigCluster): TextSource | undefined {
  const data = cluster['certificate-authority-data'];
  if (data) return constantText(decodeBase64(`clusters["${name}"].certificate-authority-data`, data));
  const file = cluster['certificate-authority'];
  return file ? new FreshFile(file) : undefined;
}

function entry<T>(entries: Map<string, T>, name: string, what: string, files: string): T {
  const value = entries.get(name);
  if (value === undefined) {
    const known = [...entries.keys()].map((key) => `"${key}"`).join(', ') || 'none';
    throw new Error(`Cannot use kubeconfig ${files}: there is no ${what} "${name}" (known: ${known})`);
  }
  return value;
}

function parseUrl(field: string, value: string, files: string): URL {
  // kubectl takes a bare host:port for http.
  const url = URL.parse(value.includes('://') ? value : `http://${value}`);
  if (url === null)
    throw new Error(`Cannot use kubeconfig ${files}: ${field} is "${value}", want a URL like "https://10.0.0.1:6443"`);
  return url;
}
