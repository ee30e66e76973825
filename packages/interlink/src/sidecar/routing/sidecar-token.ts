import { parseTarget } from '@interlink/protocol';
import { TokenFile } from '@interlink/service-kit';
import type { SidecarRoute } from './sidecar-route.ts';

/** What a sidecar is shown. The account's token opens InterLink itself: no sidecar on another machine is shown it unless its row says so. */
export function sidecarToken(
  { url, tokenFile }: Pick<SidecarRoute, 'url' | 'tokenFile'>,
  account: TokenFile,
): TokenFile | undefined {
  if (tokenFile !== undefined) return new TokenFile(tokenFile);
  return isOfThisMachine(url) ? account : undefined;
}

function isOfThisMachine(url: string): boolean {
  const { origin, socketPath } = parseTarget(url);
  return socketPath !== undefined || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(origin).hostname);
}
