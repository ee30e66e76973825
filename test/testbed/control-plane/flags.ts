import { join } from 'node:path';
import type { Certificates } from './certificates.ts';

/** More command line flags per program, as they are written: `--default-not-ready-toleration-seconds=20`. */
export interface ExtraFlags {
  etcd?: readonly string[];
  kubeApiserver?: readonly string[];
  kubeControllerManager?: readonly string[];
  kubeScheduler?: readonly string[];
}

/** All on 127.0.0.1. */
export interface Ports {
  etcd: number;
  etcdPeer: number;
  apiServer: number;
  controllerManager: number;
  scheduler: number;
}

export interface ControlPlaneFiles {
  directory: string;
  kubeconfig: string;
  certificates: Certificates;
}

export function toEtcdFlags(files: ControlPlaneFiles, ports: Ports): string[] {
  const clientUrl = `http://127.0.0.1:${ports.etcd}`;
  const peerUrl = `http://127.0.0.1:${ports.etcdPeer}`;
  return [
    '--name=testbed',
    `--data-dir=${join(files.directory, 'etcd')}`,
    `--listen-client-urls=${clientUrl}`,
    `--advertise-client-urls=${clientUrl}`,
    `--listen-peer-urls=${peerUrl}`,
    `--initial-advertise-peer-urls=${peerUrl}`,
    `--initial-cluster=testbed=${peerUrl}`,
    // Nothing here outlives the run.
    '--unsafe-no-fsync',
    // The only member becomes leader after one election timeout (default 1 s).
    ...['--heartbeat-interval=10', '--election-timeout=100'],
  ];
}

export function toApiServerFlags(
  { certificates }: Pick<ControlPlaneFiles, 'certificates'>,
  ports: Pick<Ports, 'etcd' | 'apiServer'>,
): string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${ports.apiServer}`,
    '--advertise-address=127.0.0.1',
    // 127.0.0.1 is not valid in an Endpoints object.
    '--endpoint-reconciler-type=none',
    `--client-ca-file=${certificates.ca.certFile}`,
    `--tls-cert-file=${certificates.apiServer.certFile}`,
    `--tls-private-key-file=${certificates.apiServer.keyFile}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${certificates.serviceAccount.publicKeyFile}`,
    `--service-account-signing-key-file=${certificates.serviceAccount.privateKeyFile}`,
    '--service-cluster-ip-range=10.96.0.0/16',
    '--authorization-mode=Node,RBAC',
    '--enable-admission-plugins=NodeRestriction',
    `--kubelet-client-certificate=${certificates.kubeletClient.certFile}`,
    `--kubelet-client-key=${certificates.kubeletClient.keyFile}`,
    '--kubelet-preferred-address-types=InternalIP',
    // For API servers behind this one. There is no kube-proxy: their endpoints are dialled, not the addresses of Services.
    '--enable-aggregator-routing=true',
    `--proxy-client-cert-file=${certificates.frontProxyClient.certFile}`,
    `--proxy-client-key-file=${certificates.frontProxyClient.keyFile}`,
    `--requestheader-client-ca-file=${certificates.frontProxyCa.certFile}`,
    '--requestheader-allowed-names=front-proxy-client',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-username-headers=X-Remote-User',
    '--allow-privileged=true',
    // ClusterTrustBundles, off unless asked for: beta since 1.33, alpha before.
    '--feature-gates=ClusterTrustBundle=true,ClusterTrustBundleProjection=true',
    '--runtime-config=certificates.k8s.io/v1beta1=true,certificates.k8s.io/v1alpha1=true',
  ];
}

export function toControllerManagerFlags({ kubeconfig, certificates }: ControlPlaneFiles, ports: Ports): string[] {
  return [
    ...toLoopClientFlags(kubeconfig, certificates, ports.controllerManager),
    `--service-account-private-key-file=${certificates.serviceAccount.privateKeyFile}`,
    `--root-ca-file=${certificates.ca.certFile}`,
    `--cluster-signing-cert-file=${certificates.ca.certFile}`,
    `--cluster-signing-key-file=${certificates.ca.keyFile}`,
    '--use-service-account-credentials',
    // Its controllers make their accounts one after the other: with the default (20/s) that takes 5 s.
    ...['--kube-api-qps=500', '--kube-api-burst=1000'],
  ];
}

export function toSchedulerFlags({ kubeconfig, certificates }: ControlPlaneFiles, ports: Ports): string[] {
  return toLoopClientFlags(kubeconfig, certificates, ports.scheduler);
}

/** What controller manager and scheduler have in common: they run alone, against one API server. */
function toLoopClientFlags(kubeconfig: string, { apiServer }: Certificates, port: number): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    '--leader-elect=false',
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    `--tls-cert-file=${apiServer.certFile}`,
    `--tls-private-key-file=${apiServer.keyFile}`,
  ];
}
