import { loadClusterAccess } from '@interlink/kube';
import { parseExecCredential } from '../../../packages/kube/src/kubeconfig/exec-credential.ts';
import { parseKubeconfig } from '../../../packages/kube/src/kubeconfig/kubeconfig-file.ts';
import { written } from '../corpus.ts';
import { asFile } from '../scratch.ts';
import { isPlainError, type Target } from '../target.ts';

const kubeconfig = {
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'a',
  clusters: [
    {
      name: 'a',
      cluster: { server: 'https://10.0.0.1:6443', 'certificate-authority-data': 'YQ==', 'tls-server-name': 'x' },
    },
    { name: 'b', cluster: { server: 'https://10.0.0.2', 'proxy-url': 'http://p:1', 'insecure-skip-tls-verify': true } },
  ],
  users: [
    { name: 'a', user: { 'client-certificate-data': 'YQ==', 'client-key-data': 'YQ==', as: 'x', 'as-groups': ['g'] } },
    { name: 'b', user: { tokenFile: './token', 'client-certificate': 'a.crt', 'client-key': 'a.key' } },
    {
      name: 'c',
      user: { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: './login', args: ['x'], env: null } },
    },
    { name: 'd', user: { 'auth-provider': { name: 'oidc', config: { 'id-token': 'x' } } } },
    { name: 'e', user: { username: 'u', password: 'p', 'as-user-extra': { a: ['b'] } } },
  ],
  contexts: ['a', 'b', 'c', 'd', 'e'].map((name) => ({
    name,
    context: { cluster: name === 'b' ? 'b' : 'a', user: name },
  })),
};
const contexts = ['a', 'b', 'c', 'd', 'e'];

/** A kubeconfig, as a file and as a way into a cluster. */
export const kubeconfigs: Target = {
  name: 'kubeconfig',
  maxBytes: 8 * 1024,
  corpus: written(
    ...contexts.map((context) => ({ ...kubeconfig, 'current-context': context })),
    'apiVersion: v1\nkind: Config\nclusters: &c\n- name: a\n  cluster: {server: "1.2.3.4:80"}\nusers: []\nx: *c\n',
  ),
  read: async (input) => {
    parseKubeconfig(input.toString(), '/etc/kubeconfig');
    await loadClusterAccess({ kubeconfig: asFile('kubeconfig', input), env: {} });
  },
  mayThrow: isPlainError,
};

/** What a credential plugin prints. */
export const execCredentials: Target = {
  name: 'exec-credentials',
  corpus: written({
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    status: { token: 't', expirationTimestamp: '2027-01-01T00:00:00Z', clientCertificateData: 'c', clientKeyData: 'k' },
  }),
  read: (input) => parseExecCredential(input.toString(), 'client.authentication.k8s.io/v1'),
  mayThrow: isPlainError,
};
