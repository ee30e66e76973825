import { type ClientTls, InterLinkError } from '@interlink/protocol';
import type { InterLinkConfig } from '../config/load-interlink-config.ts';
import type { Logger } from '../process/logger.ts';
import type { TlsFileNames } from './read-tls-files.ts';
import { TlsFiles } from './tls-files.ts';

/** The files of the group `TLS`. */
export function tlsFileNames(config: InterLinkConfig): TlsFileNames {
  return {
    place: 'TLS',
    certFile: config['TLS.CertFile'],
    keyFile: config['TLS.KeyFile'],
    caCertFile: config['TLS.CACertFile'],
  };
}

/**
 * What a listener at this address serves TLS with; undefined for `http://` and `unix://`.
 * @throws InterLinkError `invalid_argument` when the files are missing or can't be used
 */
export async function listenerTls(config: InterLinkConfig, url: string, logger: Logger): Promise<TlsFiles | undefined> {
  if (!isHttps(url)) return undefined;
  const names = tlsFileNames(config);
  if (names.certFile === undefined) {
    throw new InterLinkError('invalid_argument', `Cannot listen on ${url}: TLS.CertFile and TLS.KeyFile are wanted`);
  }
  return await TlsFiles.load(names, logger);
}

export interface ClientTlsNames extends TlsFileNames {
  /** Takes any server for the one that is meant: warned about. */
  readonly isInsecure?: boolean | undefined;
}

/**
 * What a client of this address makes its connections with, for the `tls` of an `HttpTarget`; undefined for `http://` and `unix://`.
 * Without `caCertFile` the system's CAs are trusted.
 * @throws InterLinkError `invalid_argument` when a file can't be used
 */
export async function clientTls(
  url: string,
  names: ClientTlsNames,
  logger: Logger,
): Promise<(() => Promise<ClientTls>) | undefined> {
  if (!isHttps(url)) return undefined;
  const files = await TlsFiles.load(names, logger);
  if (names.isInsecure !== true) return () => files.current();
  logger.warn(
    { address: url },
    'the certificate is not verified: whoever is on the way can read and change everything',
  );
  let last: { readonly of: ClientTls; readonly tls: ClientTls } | undefined;
  return async () => {
    const material = await files.current();
    if (last?.of !== material) last = { of: material, tls: { ...material, isInsecure: true } };
    return last.tls;
  };
}

function isHttps(url: string): boolean {
  return /^https:/i.test(url);
}
