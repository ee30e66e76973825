import {
  type HttpTarget,
  InterLinkError,
  parseProblem,
  readBody,
  smallBody,
  type TargetRequest,
} from '@interlink/protocol';

const probeTimeoutMs = 10_000;
/** Such an answer is about the caller, or the moment: unauthorized, forbidden, too late, too many requests. */
const inconclusive = new Set([401, 403, 408, 429]);

/**
 * Asks a peer, a sidecar or another InterLink, which generation it speaks: one that answers `/v2/capabilities` speaks v2, one that does not know that path is a
 * v1 peer.
 * @param proof what a v1 peer surely knows: a proxy before a peer that is not there yet may answer 404 to everything
 * @throws InterLinkError when nothing can be concluded: it can't be reached, refuses the token, is ill, or busy
 */
export async function detectProtocol(target: HttpTarget, proof?: TargetRequest): Promise<'v1' | 'v2'> {
  const response = await target.send({ method: 'GET', path: '/v2/capabilities', headersTimeoutMs: probeTimeoutMs });
  const body = await readBody(response.body, smallBody);
  const { statusCode } = response;
  if (isSuccess(statusCode)) return isCapabilities(body) ? 'v2' : 'v1';
  // A proxy before the peer redirects to where people sign in.
  if (statusCode >= 500 || statusCode < 400 || inconclusive.has(statusCode)) {
    const error = parseProblem(statusCode, body);
    throw new InterLinkError(error.code, `${target.url} refuses to say what it can do: ${error.message}`);
  }
  if (proof !== undefined) await assertKnown(target, proof);
  return 'v1';
}

async function assertKnown(target: HttpTarget, request: TargetRequest): Promise<void> {
  const { statusCode, body } = await target.send({ ...request, headersTimeoutMs: probeTimeoutMs });
  await body.dump();
  if (statusCode !== 404) return;
  throw new InterLinkError('unavailable', `${target.url} knows neither /v2/capabilities nor ${request.path}: 404`);
}

function isSuccess(statusCode: number): boolean {
  return statusCode >= 200 && statusCode < 300;
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
