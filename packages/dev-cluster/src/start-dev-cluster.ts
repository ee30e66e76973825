import { createObject } from './api/create.ts';
import { runNamespaceController } from './controllers/namespaces.ts';
import { runScheduler } from './controllers/scheduler.ts';
import { configMaps, namespaces, services } from './kinds/kinds.ts';
import { ApiServer } from './server/api-server.ts';
import { createCertificates } from './server/certificates.ts';
import { Store } from './store/store.ts';

export interface DevClusterOptions {
  /** Default: any free one. */
  readonly port?: number;
  /** Changes that are remembered for resumed watches; default 5,000. */
  readonly historySize?: number;
}

export interface DevCluster extends AsyncDisposable {
  readonly server: string;
  /** The text of a kubeconfig that holds an administrator's certificate and key: write it with mode 0600. */
  readonly kubeconfig: string;
  close(): Promise<void>;
}

/** Starts a Kubernetes API in this process. Nothing of it is kept: it ends with `close()`, and all objects with it. */
export async function startDevCluster(options: DevClusterOptions = {}): Promise<DevCluster> {
  const certificates = await createCertificates();
  const store = new Store(options.historySize);
  runNamespaceController(store, certificates.ca);
  for (const name of ['default', 'kube-system', 'kube-public', 'kube-node-lease']) {
    createObject(store, namespaces, { metadata: { name } }, { namespace: undefined });
  }
  const published = {
    metadata: { name: 'extension-apiserver-authentication' },
    data: { 'client-ca-file': certificates.ca },
  };
  createObject(store, configMaps, published, { namespace: 'kube-system' });
  const kubernetes = { metadata: { name: 'kubernetes' }, spec: { ports: [{ name: 'https', port: 443 }] } };
  createObject(store, services, kubernetes, { namespace: 'default' });
  runScheduler(store);
  const api = new ApiServer(store, certificates);
  const server = await api.listen(options.port ?? 0);
  const close = async () => await api.close();
  return { server, kubeconfig: renderKubeconfig(server, certificates), close, [Symbol.asyncDispose]: close };
}

/** JSON, which every reader of YAML takes. */
function renderKubeconfig(server: string, { ca, admin }: { ca: string; admin: { cert: string; key: string } }): string {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const name = 'interlink-dev-cluster';
  const user = { 'client-certificate-data': base64(admin.cert), 'client-key-data': base64(admin.key) };
  const config = {
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': name },
    clusters: [{ name, cluster: { server, 'certificate-authority-data': base64(ca) } }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  };
  return `${JSON.stringify(config, undefined, 2)}\n`;
}
