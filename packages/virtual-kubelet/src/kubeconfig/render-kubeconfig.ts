import { stringify } from 'yaml';

export interface KubeconfigParts {
  readonly server: string;
  readonly ca: string | undefined;
  readonly namespace: string;
  readonly user: string;
  readonly token: string;
}

/** A kubeconfig with one context, whose user shows a token. https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/ */
export function renderKubeconfig({ server, ca, namespace, user, token }: KubeconfigParts): string {
  const trust = ca === undefined ? {} : { 'certificate-authority-data': Buffer.from(ca).toString('base64') };
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'cluster', cluster: { server, ...trust } }],
    users: [{ name: user, user: { token } }],
    contexts: [{ name: 'interlink', context: { cluster: 'cluster', user, namespace } }],
    'current-context': 'interlink',
  });
}
