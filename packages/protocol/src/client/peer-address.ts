import { InterLinkError } from '../errors/interlink-error.ts';

/** Where a peer listens: an HTTP origin, reached over a unix socket if there is one. */
export interface PeerAddress {
  readonly origin: string;
  readonly socketPath?: string;
}

/** Client side of TLS: PEM texts. */
export interface ClientTls {
  /** Whose servers are trusted. Default: the system's CAs. */
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** Takes any server for the one that is meant. */
  readonly isInsecure?: boolean | undefined;
}

/** @throws InterLinkError `invalid_argument` when the URL is none of the three forms */
export function parseTarget(url: string): PeerAddress {
  if (url.startsWith('unix://')) return { origin: 'http://localhost', socketPath: url.slice('unix://'.length) };
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    throw new InterLinkError(
      'invalid_argument',
      `${JSON.stringify(url)} is no address: http://host:port, https://host:port or unix:///path is wanted`,
    );
  }
  return { origin: parsed.origin };
}

/** What Node's and undici's own options call it. */
export function toTlsOptions({ ca, cert, key, isInsecure }: ClientTls): {
  ca?: string;
  cert?: string;
  key?: string;
  rejectUnauthorized?: false;
} {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(isInsecure === true ? { rejectUnauthorized: false } : {}),
  };
}
