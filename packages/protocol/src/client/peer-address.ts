import { InterLinkError } from '../errors/interlink-error.ts';

/** Where a peer listens: an HTTP origin, reached over a unix socket if there is one. */
export interface PeerAddress {
  readonly origin: string;
  readonly socketPath?: string;
}

/** Client side of TLS: PEM texts. */
export interface ClientTls {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
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
