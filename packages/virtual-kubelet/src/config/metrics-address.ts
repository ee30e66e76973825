import { InterLinkError } from '@interlink/protocol';

/**
 * Reads `--metrics-addr`: `host:port`, `[ipv6]:port` or `:port`, which means this machine's loopback address and no other.
 * @returns a URL to listen on @throws InterLinkError `invalid_argument`
 */
export function parseMetricsAddress(text: string): string {
  const [, host = '', port = ''] = /^([a-zA-Z0-9.-]*|\[[0-9a-fA-F:.]+\]):(\d{1,5})$/.exec(text) ?? [];
  if (port !== '' && Number(port) < 65_536) return `http://${host === '' ? '127.0.0.1' : host}:${port}`;
  throw new InterLinkError(
    'invalid_argument',
    `--metrics-addr is ${JSON.stringify(text)}: an address like 127.0.0.1:10255 or :10255 is wanted`,
  );
}
