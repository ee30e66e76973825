import { type ClientTls, InterLinkError } from '@interlink/protocol';
import { clientTls, type InterLinkConfig, interLinkUrl, type Logger, tlsFileNames } from '@interlink/service-kit';
import type { InterLinkHttp } from './config/interlink-http.ts';

/**
 * What connections to InterLink are made with: the group `TLS`, and what the provider file's `HTTP` adds to it; undefined when its
 * address is not `https://`.
 * @throws InterLinkError `invalid_argument` when a file can't be used, or when both name CAs
 */
export async function interLinkTls(
  config: InterLinkConfig,
  { isInsecure = false, caCertFile }: InterLinkHttp,
  logger: Logger,
): Promise<(() => Promise<ClientTls>) | undefined> {
  const names = tlsFileNames(config);
  if (caCertFile !== undefined && names.caCertFile !== undefined) {
    throw new InterLinkError(
      'invalid_argument',
      `TLS.CACertFile ${names.caCertFile} and HTTP.CaCert ${caCertFile} both name the CA of InterLink: one is wanted`,
    );
  }
  const ours = caCertFile === undefined ? names : { ...names, caCertFile, caCertKey: 'HTTP.CaCert' };
  return await clientTls(interLinkUrl(config), { ...ours, isInsecure }, logger);
}
