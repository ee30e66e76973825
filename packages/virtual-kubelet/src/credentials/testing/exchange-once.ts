import { requestToken } from '../issuer.ts';
import { RefreshTokenFile } from '../refresh-token-file.ts';

// A process that exchanges a session's refresh token once, and sends the token that it gets to its parent.
const [issuer = '', session = '', audience = ''] = process.argv.slice(2);
const settings = { issuer: new URL(issuer), clientId: 'vk', audience, scope: undefined, caFile: undefined };
const files = { refreshTokenFile: session, clientSecretFile: session.replace(/session$/, 'secret') };
const grant = await new RefreshTokenFile(session).exchange(async (token) => {
  return await requestToken({ ...settings, ...files }, token);
});
process.send?.(grant.accessToken);
process.disconnect?.();
