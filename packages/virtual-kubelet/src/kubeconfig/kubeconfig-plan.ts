import { readFile } from 'node:fs/promises';
import type { ClusterAccess } from '@interlink/kube';
import { InterLinkError } from '@interlink/protocol';
import type { InterLinkConfig } from '@interlink/service-kit';

/** What kubeconfigs for backends are made from: `ServiceAccount`, `Namespace` and the group `Kubeconfig` of the InterLink file. */
export interface KubeconfigPlan {
  /** Undefined: backends that ask for a kubeconfig get none. */
  readonly account: { readonly namespace: string; readonly name: string } | undefined;
  /** Where backends reach the API server. */
  readonly server: string;
  /** The CA of its certificate, PEM, as of now; undefined: those of whoever reads the kubeconfig. */
  ca(): Promise<string | undefined>;
}

type Keys = 'ServiceAccount' | 'Namespace' | 'Kubeconfig.Server' | 'Kubeconfig.CAFile';

/** @throws InterLinkError `invalid_argument` for a server that is no https:// address */
export function planKubeconfig(config: Pick<InterLinkConfig, Keys>, access: ClusterAccess): KubeconfigPlan {
  const { ServiceAccount: name = '', Namespace: namespace = '' } = config;
  const server = config['Kubeconfig.Server'] ?? access.server.href;
  if (!URL.canParse(server) || new URL(server).protocol !== 'https:') {
    const from = config['Kubeconfig.Server'] === undefined ? access.source : 'Kubeconfig.Server';
    if (name !== '') {
      const message = `the API server for backends is ${JSON.stringify(server)} (${from}): https://host:port is wanted`;
      throw new InterLinkError('invalid_argument', `Invalid configuration: ${message}`);
    }
  }
  const caFile = config['Kubeconfig.CAFile'];
  return {
    account:
      name === '' ? undefined : { name, namespace: namespace === '' ? (access.namespace ?? 'default') : namespace },
    server,
    ca: async () => {
      if (caFile !== undefined) return await readFile(caFile, 'utf8');
      // What this process trusts is right for the address that this process uses.
      return config['Kubeconfig.Server'] === undefined ? (await access.credentials()).tls.ca : undefined;
    },
  };
}
