import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommandOrThrow } from '../process/run-command.ts';

/** A certificate and its key, as PEM files; keys are readable by their owner only. */
export interface CertificateFiles {
  certFile: string;
  keyFile: string;
}

/** Everything a control plane proves itself with. */
export interface Certificates {
  ca: CertificateFiles;
  apiServer: CertificateFiles;
  /** May do everything (group `system:masters`). */
  admin: CertificateFiles;
  /** What the API server shows to kubelets. */
  kubeletClient: CertificateFiles;
  /** What the API server shows to API servers behind it (metrics-server, say), which believe its word on who asks. */
  frontProxyClient: CertificateFiles;
  /** Signs `frontProxyClient` and nothing else: whoever has a certificate of it may say who asks. */
  frontProxyCa: CertificateFiles;
  /** Signs and checks service-account tokens. */
  serviceAccount: { publicKeyFile: string; privateKeyFile: string };
}

export interface CertificateRequest {
  /** File name without ending, within `directory`. */
  name: string;
  directory: string;
  commonName: string;
  organization?: string;
  /** Such as `IP:127.0.0.1` or `DNS:localhost`. */
  subjectAltNames?: readonly string[];
  usage: 'clientAuth' | 'serverAuth';
}

const DAYS = '3';
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

const API_SERVER_NAMES = [
  'IP:127.0.0.1',
  'IP:10.96.0.1',
  'DNS:localhost',
  'DNS:kubernetes',
  'DNS:kubernetes.default',
  'DNS:kubernetes.default.svc',
  'DNS:kubernetes.default.svc.cluster.local',
];

/** Makes a new authority and all certificates of one control plane, in `directory`. */
export async function createCertificates(directory: string): Promise<Certificates> {
  const [ca, frontProxyCa] = await Promise.all([
    createAuthority(directory, 'ca'),
    createAuthority(directory, 'front-proxy-ca'),
  ]);
  const [apiServer, admin, kubeletClient, frontProxyClient, serviceAccount] = await Promise.all([
    issueCertificate(ca, {
      name: 'apiserver',
      directory,
      commonName: 'kube-apiserver',
      subjectAltNames: API_SERVER_NAMES,
      usage: 'serverAuth',
    }),
    issueCertificate(ca, {
      name: 'admin',
      directory,
      commonName: 'kubernetes-admin',
      organization: 'system:masters',
      usage: 'clientAuth',
    }),
    issueCertificate(ca, {
      name: 'apiserver-kubelet-client',
      directory,
      commonName: 'kube-apiserver-kubelet-client',
      organization: 'system:masters',
      usage: 'clientAuth',
    }),
    issueCertificate(frontProxyCa, {
      name: 'front-proxy-client',
      directory,
      commonName: 'front-proxy-client',
      usage: 'clientAuth',
    }),
    createServiceAccountKey(directory),
  ]);
  return { ca, apiServer, admin, kubeletClient, frontProxyClient, frontProxyCa, serviceAccount };
}

/** Issues one more certificate, for example a kubelet's own (`serverAuth`) or a node's (`system:node:<name>`). */
export async function issueCertificate(ca: CertificateFiles, request: CertificateRequest): Promise<CertificateFiles> {
  const files = toCertificateFiles(request.directory, request.name);
  const organization = request.organization === undefined ? '' : `/O=${request.organization}`;
  const extensions = [
    'basicConstraints=critical,CA:FALSE',
    'keyUsage=critical,digitalSignature',
    `extendedKeyUsage=${request.usage}`,
    ...(request.subjectAltNames?.length ? [`subjectAltName=${request.subjectAltNames.join(',')}`] : []),
  ];
  await requestCertificate(files, `${organization}/CN=${request.commonName}`, extensions, [
    '-CA',
    ca.certFile,
    '-CAkey',
    ca.keyFile,
  ]);
  return files;
}

export async function createAuthority(directory: string, name: string): Promise<CertificateFiles> {
  const files = toCertificateFiles(directory, name);
  const extensions = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,digitalSignature,keyCertSign,cRLSign'];
  await requestCertificate(files, `/CN=interlink-testbed-${name}`, extensions, []);
  return files;
}

async function requestCertificate(
  { certFile, keyFile }: CertificateFiles,
  subject: string,
  extensions: readonly string[],
  signer: readonly string[],
): Promise<void> {
  await runCommandOrThrow('openssl', [
    'req',
    '-x509',
    ...NEW_KEY,
    ...['-config', '/dev/null', '-days', DAYS, '-subj', subject, '-out', certFile, '-keyout', keyFile],
    ...extensions.flatMap((extension) => ['-addext', extension]),
    ...signer,
  ]);
  await chmod(keyFile, 0o600);
}

async function createServiceAccountKey(directory: string): Promise<Certificates['serviceAccount']> {
  const privateKeyFile = join(directory, 'sa.key');
  const publicKeyFile = join(directory, 'sa.pub');
  await runCommandOrThrow('openssl', ['genrsa', '-out', privateKeyFile, '2048']);
  await chmod(privateKeyFile, 0o600);
  await runCommandOrThrow('openssl', ['rsa', '-in', privateKeyFile, '-pubout', '-out', publicKeyFile]);
  return { publicKeyFile, privateKeyFile };
}

function toCertificateFiles(directory: string, name: string): CertificateFiles {
  return { certFile: join(directory, `${name}.crt`), keyFile: join(directory, `${name}.key`) };
}
