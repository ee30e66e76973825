import { leaseDurationSeconds } from '../node/lease-controller.ts';
import { computeIntervalMs, heartbeatIntervalMs } from '../node/node-controller.ts';
import type { StreamTimeouts } from '../streaming/stream-timeouts.ts';
import { allowTtlMs, denyTtlMs, tokenTtlMs } from './authorize.ts';

export interface ConfigurationFacts {
  readonly address: string;
  readonly port: number;
  /** Paths; undefined where nothing was configured. */
  readonly files: {
    readonly cert: string | undefined;
    readonly key: string | undefined;
    readonly clientCa: string | undefined;
  };
  /** The serving certificate comes by CertificateSigningRequest. */
  readonly asksForCertificate: boolean;
  readonly streamTimeouts: StreamTimeouts;
  readonly taints: ReadonlyArray<{ key: string; value?: string; effect: string }>;
  /** The node's capacity of pods. */
  readonly maxPods: number;
}

/**
 * What this process does in the words of the kubelet's configuration, for `/configz`. Fields of things that it does not do are left out.
 * @see https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/
 */
export function toKubeletConfiguration(facts: ConfigurationFacts): object {
  const { address, port, files, asksForCertificate, streamTimeouts, taints, maxPods } = facts;
  return {
    kind: 'KubeletConfiguration',
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    enableServer: true,
    address,
    port,
    readOnlyPort: 0,
    ...(files.cert === undefined ? {} : { tlsCertFile: files.cert }),
    ...(files.key === undefined ? {} : { tlsPrivateKeyFile: files.key }),
    serverTLSBootstrap: asksForCertificate,
    authentication: {
      x509: files.clientCa === undefined ? {} : { clientCAFile: files.clientCa },
      webhook: { enabled: true, cacheTTL: toDuration(tokenTtlMs) },
      anonymous: { enabled: false },
    },
    authorization: {
      mode: 'Webhook',
      webhook: { cacheAuthorizedTTL: toDuration(allowTtlMs), cacheUnauthorizedTTL: toDuration(denyTtlMs) },
    },
    registerNode: true,
    registerWithTaints: taints,
    nodeStatusUpdateFrequency: toDuration(computeIntervalMs),
    nodeStatusReportFrequency: toDuration(heartbeatIntervalMs),
    nodeLeaseDurationSeconds: leaseDurationSeconds,
    streamingConnectionIdleTimeout: toDuration(streamTimeouts.idleTimeoutMs),
    enableDebuggingHandlers: true,
    enableSystemLogHandler: false,
    enableProfilingHandler: false,
    maxPods,
  };
}

/** As Go writes durations: `4h0m0s`, `30s`, `1.5s`. */
export function toDuration(ms: number): string {
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor((ms % 3_600_000) / 60_000);
  const seconds = `${(ms % 60_000) / 1_000}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}
