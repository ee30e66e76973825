import { type HttpTarget, InterLinkError, parseProblem, readBody, smallBody } from '@interlink/protocol';

const probeTimeoutMs = 10_000;

/**
 * Asks a peer, a sidecar or another InterLink, which generation it speaks: one that answers `/v2/capabilities` speaks v2, one that does not know that path is a
 * v1 peer.
 * @throws InterLinkError when nothing can be concluded: it can't be reached, refuses the token, or is ill
 */
export async function detectProtocol(target: HttpTarget): Promise<'v1' | 'v2'> {
  const response = await target.send({ method: 'GET', path: '/v2/capabilities', headersTimeoutMs: probeTimeoutMs });
  const body = await readBody(response.body, smallBody);
  if (response.statusCode >= 200 && response.statusCode < 300 && isCapabilities(body)) return 'v2';
  const error = parseProblem(response.statusCode, body);
  if (response.statusCode >= 500 || response.statusCode === 401 || response.statusCode === 403) {
    throw new InterLinkError(error.code, `${target.url} refuses to say what it can do: ${error.message}`);
  }
  return 'v1';
}

/** A v1 plugin may answer any path with 200. */
function isCapabilities(body: string): boolean {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null && 'protocolVersions' in parsed;
  } catch {
    return false;
  }
}
