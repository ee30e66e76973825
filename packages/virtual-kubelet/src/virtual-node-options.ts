import type { EventRecorder, KubeClient, Taint } from '@interlink/kube';
import type { Logger, Tracer } from '@interlink/service-kit';
import type { NodePolicy } from './config/node-policy.ts';
import type { NodeSettings } from './config/provider-file.ts';
import type { RenewedToken } from './credentials/renewed-token.ts';
import type { KubeconfigPlan } from './kubeconfig/kubeconfig-plan.ts';
import type { KubeletMetrics } from './metrics/kubelet-metrics.ts';
import type { RequestNews } from './node/request-news.ts';
import type { Provider } from './provider.ts';
import type { ServiceLinks } from './resolve/service-links.ts';
import type { StreamTimeouts } from './streaming/stream-timeouts.ts';

/** What one virtual node is made from. */
export interface VirtualNodeOptions {
  readonly client: KubeClient;
  /** A connection of its own, so that leases never wait. */
  readonly leaseClient: KubeClient;
  /** Of the process, which runs it. */
  readonly events: Pick<EventRecorder, 'record'>;
  /** For a backend that asks for a kubeconfig; undefined: there is none to be had. */
  readonly kubeconfig?: KubeconfigPlan | undefined;
  /** Of the process, which runs it. */
  readonly services: Pick<ServiceLinks, 'envOf'>;
  readonly provider: Provider;
  /** Of the token that the provider is called with; undefined: it needs no renewal. */
  readonly tokenRenewal?: Pick<RenewedToken, 'trouble' | 'validForMs' | 'onChange'> | undefined;
  /** Of the requests to the provider's peer; undefined: nobody looks how they fare. */
  readonly requestNews?: Pick<RequestNews, 'trouble'> | undefined;
  readonly logger: Logger;
  /** Undefined: no traces. */
  readonly tracer?: Tracer | undefined;
  readonly name: string;
  /** The pool of the backend that the node stands for; undefined: the one of its name, else the first. */
  readonly pool: string | undefined;
  readonly settings: NodeSettings;
  readonly taints: ReadonlyArray<Taint>;
  readonly policy: NodePolicy;
  /** Addresses of others, that no pod can have: the Kubernetes API's. */
  readonly othersAddresses: ReadonlyArray<string>;
  /** Where the Kubernetes API reaches the kubelet port; the node's InternalIP. */
  readonly address: string;
  /** 0 for any free port. */
  readonly kubeletPort: number;
  readonly kubeletFiles: {
    readonly cert: string | undefined;
    readonly key: string | undefined;
    readonly clientCa: string | undefined;
    /** A folder of the account's own for a certificate that was issued, and its key; without it a restart asks for another one. */
    readonly state: string | undefined;
  };
  /** Whom to ask for the serving certificate when no files are named; undefined: nobody. */
  readonly certificateSigner: string | undefined;
  readonly streamTimeouts: StreamTimeouts;
  readonly operatingSystem: string;
  readonly workers: number;
  /** What this process counts of itself. */
  readonly metrics: KubeletMetrics;
}
