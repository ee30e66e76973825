import { stat } from 'node:fs/promises';
import { type SidecarRoute, sidecarToken } from '@interlink/interlink';
import { accountTokenFile, type InterLinkConfig, TokenFile } from '@interlink/service-kit';
import { interLinkToken } from '@interlink/virtual-kubelet';
import { NotApplicable } from './check.ts';
import type { DoctorContext } from './context.ts';

/** What a peer is shown. */
export interface ShownToken {
  /** Undefined where there is none: a unix socket in a private folder asks for none. */
  current(): Promise<string | undefined>;
  /** In words: `the token in /etc/vk/token`. */
  readonly source: string;
}

/**
 * As the virtual kubelet finds it, but that no file is made. A session's refresh token is spent by its use, and its successor would belong
 * to whoever wrote it: of another account's session nothing is asked.
 */
export async function tokenForInterLink(config: InterLinkConfig, context: DoctorContext): Promise<ShownToken> {
  const client = config['Auth.Client'];
  if (client === undefined) {
    const { VKTokenFile: path } = config;
    return ofFile(path === undefined ? accountTokenFile(config, context.env) : new TokenFile(path), context);
  }
  const { RefreshTokenFile: session } = client;
  if (session !== undefined && (await stat(session)).uid !== process.getuid?.()) {
    throw new NotApplicable(`the session in ${session} is another account’s: run the doctor as that account`);
  }
  const token = await interLinkToken(config, context.logger);
  return remembered({ current: async () => await token.current(), source: `the token of ${token.source}` }, context);
}

/** As InterLink finds it. */
export function tokenForSidecar(route: SidecarRoute, account: TokenFile, context: DoctorContext): ShownToken {
  const file = sidecarToken(route, account);
  return file === undefined ? { current: async () => undefined, source: 'no token' } : ofFile(file, context);
}

function ofFile(file: TokenFile, context: DoctorContext): ShownToken {
  // That it can't be read is told by the check "token-files"; whoever needs a token says that he got none.
  const current = async () => await file.current().catch(() => undefined);
  return remembered({ current, source: `the token in ${file.path}` }, context);
}

function remembered({ current, source }: ShownToken, { secrets }: DoctorContext): ShownToken {
  const remember = async () => {
    const token = await current();
    if (token !== undefined) secrets.add(token);
    return token;
  };
  return { current: remember, source };
}
