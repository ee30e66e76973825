import { type Capabilities, InterLinkError, parseCapabilities, parseProblem } from '@interlink/protocol';
import type { Generation, Site } from './check.ts';
import { ConformanceFailure } from './failure.ts';
import type { Answer } from './http/answer.ts';
import type { Call, Caller } from './http/caller.ts';
import type { ConformanceOptions } from './options.ts';

/** What the sidecar is, and which generations of the protocol it is to be checked by. @throws InterLinkError when it can't be asked */
export async function readSite(
  options: ConformanceOptions,
  caller: Caller,
  signal: AbortSignal,
): Promise<{ site: Site; generations: Generation[] }> {
  const { url, protocol = 'auto' } = options;
  const answer = await ask(
    protocol === 'v1' ? v1Ping : { method: 'GET', path: '/v2/capabilities' },
    url,
    caller,
    signal,
  );
  const capabilities = protocol === 'v1' ? undefined : capabilitiesOf(answer);
  const demandsToken = options.demandsToken ?? !url.startsWith('unix://');
  return {
    site: { capabilities, demandsToken, canRestart: options.restart !== undefined },
    generations: protocol === 'auto' ? spokenBy(answer) : [protocol],
  };
}

const v1Ping: Call = { method: 'GET', path: '/status', json: [] };

/** The first call: whoever does not answer it, or lets nobody in, can't be checked. */
async function ask(call: Call, url: string, caller: Caller, signal: AbortSignal): Promise<Answer> {
  const answer = await caller.ask(call, signal).catch((error: unknown) => {
    throw error instanceof ConformanceFailure ? new InterLinkError('unavailable', error.seen) : error;
  });
  const { request, status, text } = answer;
  // An ill v1 plugin may still answer honestly to everything else.
  const isIll = status >= 500 && call !== v1Ping;
  if (status === 401 || status === 403 || isIll) {
    const { code, message } = parseProblem(status, text);
    throw new InterLinkError(code, `${url} answers ${request} with ${status}: ${message}`);
  }
  return answer;
}

/** Undefined when they can't be read: a check says why. */
function capabilitiesOf({ text }: Answer): Capabilities | undefined {
  try {
    return parseCapabilities(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** A v1 plugin knows no such path, or answers any path with something. */
function spokenBy(answer: Answer): Generation[] {
  try {
    const parsed: unknown = JSON.parse(answer.text);
    const versions =
      typeof parsed === 'object' && parsed !== null && 'protocolVersions' in parsed
        ? parsed.protocolVersions
        : undefined;
    if (answer.status === 200 && Array.isArray(versions)) return versions.includes('v1') ? ['v2', 'v1'] : ['v2'];
  } catch {
    // No JSON: not ours.
  }
  return ['v1'];
}
