import { InterLinkError } from '@interlink/protocol';
import type { InterLinkConfig } from './load-interlink-config.ts';

const servicePorts = { docker: 4000, slurm: 4001, mock: 4002 } as const;

/** InterLink's address as a client writes it: `http://host:port` or `unix:///path`. */
export function interLinkUrl(config: InterLinkConfig): string {
  return withPort(config.InterlinkURL, config.InterlinkPort, 'InterlinkURL');
}

/** What InterLink listens on. */
export function interLinkListenUrl(config: InterLinkConfig): string {
  return withPort(config.InterlinkAddress ?? config.InterlinkURL, config.InterlinkPort, 'InterlinkAddress');
}

/** The sidecar's address, for InterLink and for the sidecar itself. */
export function sidecarUrl(config: InterLinkConfig): string {
  return withPort(config.SidecarURL, config.SidecarPort ?? servicePorts[config.SidecarService], 'SidecarURL');
}

function withPort(url: string, port: number, key: string): string {
  if (url.startsWith('unix://')) return url;
  const address = url.includes('://') ? url : `http://${url}`;
  const parsed = URL.canParse(address) ? new URL(address) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol) || parsed.hostname === '') {
    throw new InterLinkError(
      'invalid_argument',
      `${key} is ${JSON.stringify(url)}: http://host, https://host or unix:///path is wanted`,
    );
  }
  return `${parsed.protocol}//${parsed.hostname}:${parsed.port === '' ? port : parsed.port}`;
}
