/**
 * A virtual kubelet: to Kubernetes a node with a kubelet, behind it any {@link Provider}.
 *
 *   run-virtual-kubelet.ts   the process: configuration, clients, its virtual nodes
 *   cluster-id.ts            what a backend knows the cluster by; startup-signal.ts: how long a start may take
 *   run-virtual-nodes.ts     several nodes, one in trouble leaving the others alone
 *   with-shared-parts.ts     what they share: connections, events, the watch on services
 *   credentials/             this process's token for InterLink, from an issuer: asked for, renewed, its session kept
 *   kubeconfig/              what a backend may act by in the cluster: minted, renewed, delivered
 *   leadership/              which of several processes for the same nodes acts, and what holds back the others
 *   run-provider.ts          the same around a provider of one's own: what a library's user calls
 *   virtual-node.ts          one node's parts and the order they start in; virtual-node-options.ts: what they are made from
 *   kubelet-port.ts          one node's kubelet port and its certificate
 *   provider.ts              what runs the pods
 *   interlink/               InterLink as one, whichever generation of the protocol it speaks
 *   admission/               whether a pod may run here
 *   trust/                   what a provider says, held to what it may say
 *   pods/                    the pod controller: what is wanted, what runs, the next step
 *   resolve/                 environment and volumes of a pod as plain values and files
 *   volumes/                 keeps the files of running pods true
 *   status/                  the pod status that follows from a backend's report
 *   node/                    the Node object, its status and its lease
 *   kubelet-api/             the kubelet port: TLS, who may call, logs, upgrades to streams
 *   streaming/               what streams speak: SPDY/3.1, WebSocket channels, commands and ports over either
 *   stats/                   what pods and node use: read from the backend, added up, told as the kubelet's summary
 *   metrics/                 the same as Prometheus metrics, and what this process counts of itself
 *   config/                  which nodes there are, provider file, the administrator's policy, taint, address
 */
export {
  type Capabilities,
  InterLinkError,
  type LogOptions,
  type PodReport,
  type PodRequest,
  type RemoteCommand,
  ReportLog,
} from '@interlink/protocol';
export { runProcess } from '@interlink/service-kit';
export { type PlanOptions, planNodes } from './config/plan-nodes.ts';
export type { PlannedNode } from './config/virtual-nodes.ts';
export { type DeviceClient, type DevicePrompt, loginByDevice } from './credentials/device-login.ts';
export { type InterLinkToken, interLinkToken } from './credentials/interlink-token.ts';
export { RenewedToken, type RenewedTokenOptions } from './credentials/renewed-token.ts';
export { interLinkTls } from './interlink-tls.ts';
export {
  type CertificateUsage,
  createSelfSignedCertificate,
  type KeyPair,
} from './kubelet-api/self-signed-certificate.ts';
export { KubeletMetrics } from './metrics/kubelet-metrics.ts';
export type { Provider } from './provider.ts';
export { type RunProviderOptions, runProvider } from './run-provider.ts';
export { runVirtualKubelet, type VirtualKubeletFlags } from './run-virtual-kubelet.ts';
export { cleanLine, cleanText } from './trust/clean-text.ts';
export { VirtualNode, type VirtualNodeOptions } from './virtual-node.ts';
