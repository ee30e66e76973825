/** Of a streaming connection. */
export interface StreamTimeouts {
  /** For the caller to open the streams it asked for. */
  readonly creationTimeoutMs: number;
  /** Without a byte of data either way. */
  readonly idleTimeoutMs: number;
}

/** The kubelet's own (https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/ `streamingConnectionIdleTimeout`). */
export const defaultStreamTimeouts: StreamTimeouts = { creationTimeoutMs: 30_000, idleTimeoutMs: 4 * 3_600_000 };
