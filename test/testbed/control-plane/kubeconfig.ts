/** What a kubeconfig says: a server, whom to trust, who one is; certificates and keys as PEM text. */
export interface KubeconfigFields {
  server: string;
  ca: string;
  clientCertificate: string;
  clientKey: string;
}

/** Renders a kubeconfig that holds its certificates itself. It is JSON, which every reader of YAML takes. */
export function renderKubeconfig({ server, ca, clientCertificate, clientKey }: KubeconfigFields): string {
  const toBase64 = (text: string) => Buffer.from(text).toString('base64');
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'testbed', cluster: { server, 'certificate-authority-data': toBase64(ca) } }],
    users: [
      {
        name: 'admin',
        user: { 'client-certificate-data': toBase64(clientCertificate), 'client-key-data': toBase64(clientKey) },
      },
    ],
    contexts: [{ name: 'testbed', context: { cluster: 'testbed', user: 'admin' } }],
    'current-context': 'testbed',
  };
  return `${JSON.stringify(kubeconfig, undefined, 2)}\n`;
}
