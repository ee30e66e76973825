import type { KubeConfig } from '@kubernetes/client-node';
import type { KubeconfigUser } from './kubeconfig-file.ts';
import type { Login } from './login.ts';

const PROVIDERS = ['oidc', 'gcp', 'azure'];

/**
 * Logs in by one of the legacy `auth-provider` entries, with the code of `@kubernetes/client-node`. That package costs 76 MB of
 * memory and half a second to load, so it is an optional peer and is loaded only here.
 * @throws Error naming the provider when it is not one that the package knows.
 */
export function authProviderLogin(name: string, provider: NonNullable<KubeconfigUser['auth-provider']>): Login {
  if (!PROVIDERS.includes(provider.name ?? '')) {
    throw new Error(`users["${name}"].auth-provider.name is "${provider.name}", want one of ${PROVIDERS.join(', ')}`);
  }
  let loading: Promise<KubeConfig> | undefined;
  return {
    async current() {
      loading ??= loadProvider(name, provider);
      const config = await loading.catch((err: unknown) => {
        loading = undefined;
        throw err;
      });
      const options: { headers?: Record<string, string> } = {};
      await config.applyToHTTPSOptions(options);
      const { Authorization: authorization } = options.headers ?? {};
      if (authorization === undefined) {
        throw new Error(`Cannot log in as kubeconfig user "${name}": auth-provider "${provider.name}" gave no token`);
      }
      return { headers: { authorization } };
    },
    expire() {
      loading = undefined;
    },
  };
}

async function loadProvider(name: string, provider: NonNullable<KubeconfigUser['auth-provider']>): Promise<KubeConfig> {
  const clientNode = await import('@kubernetes/client-node').catch((err: unknown) => {
    throw new Error(
      `Cannot log in as kubeconfig user "${name}": auth-provider "${provider.name}" needs the package @kubernetes/client-node; install it, or use an exec plugin instead`,
      { cause: err },
    );
  });
  const config = new clientNode.KubeConfig();
  config.loadFromOptions({
    clusters: [{ name, server: 'https://unused.invalid', skipTLSVerify: false }],
    users: [{ name, authProvider: provider }],
    contexts: [{ name, cluster: name, user: name }],
    currentContext: name,
  });
  return config;
}
