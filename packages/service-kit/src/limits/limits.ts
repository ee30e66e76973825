import type { InterLinkConfig } from '../config/load-interlink-config.ts';

/** What a listener takes from callers at most; 0 stands for no limit. The keys `Limits.*` have the defaults and their meaning. */
export interface Limits {
  /** A request's body, bytes. */
  readonly bodyBytes: number;
  /** Requests a second of one identity; twice as many at once. */
  readonly requestsPerSecond: number;
  /** Streams that one identity has open. */
  readonly streamsPerIdentity: number;
  /** Streams that are open in all. */
  readonly streams: number;
  /** Connections from one address on which nobody has been let in yet. */
  readonly strangersPerAddress: number;
  /** Milliseconds until a request's headers are whole. */
  readonly headersTimeoutMs: number;
  /** Milliseconds until a request is whole, its body included; answers and streams may take as long as they like. */
  readonly requestTimeoutMs: number;
}

/** For a listener that everybody may use as they like. */
export const noLimits: Limits = {
  ...{ bodyBytes: 0, requestsPerSecond: 0, streamsPerIdentity: 0, streams: 0, strangersPerAddress: 0 },
  ...{ headersTimeoutMs: 0, requestTimeoutMs: 0 },
};

/** InterLink's limits. */
export function limitsOf(config: InterLinkConfig): Limits {
  return {
    ...connectionLimitsOf(config),
    requestsPerSecond: config['Limits.RequestsPerSecond'],
    streamsPerIdentity: config['Limits.StreamsPerIdentity'],
    streams: config['Limits.Streams'],
  };
}

/** A sidecar's: it has one caller, InterLink, which speaks for many. */
export function connectionLimitsOf(config: InterLinkConfig): Limits {
  return {
    ...noLimits,
    bodyBytes: config['Limits.BodyBytes'],
    strangersPerAddress: config['Limits.StrangersPerAddress'],
    headersTimeoutMs: config['Limits.HeadersTimeout'] * 1_000,
    requestTimeoutMs: config['Limits.RequestTimeout'] * 1_000,
  };
}
