import { createObject } from './api/create.ts';
import { runNamespaceController } from './controllers/namespaces.ts';
import { runScheduler } from './controllers/scheduler.ts';
import type { Kind } from './kinds/kind.ts';
import { configMaps, namespaces, services } from './kinds/kinds.ts';
import type { Json } from './object.ts';
import { ApiServer } from './server/api-server.ts';
import { type Certificates, createCertificates } from './server/certificates.ts';
import { Store } from './store/store.ts';

export interface DevClusterOptions {
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
  const create = (kind: Kind, name: string, content: Json, namespace?: string) =>
    createObject(store, kind, { metadata: { name }, ...content }, { namespace });
  for (const name of ['default', 'kube-system', 'kube-public', 'kube-node-lease']) create(namespaces, name, {});
  const published = { data: { 'client-ca-file': certificates.ca } };
  create(configMaps, 'extension-apiserver-authentication', published, 'kube-system');
  create(services, 'kubernetes', { spec: { ports: [{ name: 'https', port: 443 }] } }, 'default');
  runScheduler(store);
  const api = new ApiServer(store, certificates);
  const server = await api.listen();
  const close = async () => await api.close();
  return { server, kubeconfig: renderKubeconfig(server, certificates), close, [Symbol.asyncDispose]: close };
}

/** JSON, which every reader of YAML takes. */
function renderKubeconfig(server: string, { ca, admin }: Certificates): string {
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
