import { type Capabilities, InterLinkError, parseCapabilities, parseProblem } from '@interlink/protocol';
import type { Generation, Site } from './check.ts';
import { ConformanceFailure } from './failure.ts';
import type { Answer } from './http/answer.ts';
import type { Caller } from './http/caller.ts';
import type { ConformanceOptions } from './options.ts';

/** What the sidecar is, and which generations of the protocol it is to be checked by. @throws InterLinkError when it can't be asked */
export async function readSite(
  options: ConformanceOptions,
  caller: Caller,
  signal: AbortSignal,
): Promise<{ site: Site; generations: Generation[] }> {
  const { url, protocol = 'auto' } = options;
  const answer = protocol === 'v1' ? undefined : await askCapabilities(url, caller, signal);
  const capabilities = answer === undefined ? undefined : capabilitiesOf(answer);
  const demandsToken = options.demandsToken ?? !url.startsWith('unix://');
  return {
    site: { capabilities, demandsToken, canRestart: options.restart !== undefined },
    generations: protocol === 'auto' ? spokenBy(answer) : [protocol],
  };
}

async function askCapabilities(url: string, caller: Caller, signal: AbortSignal): Promise<Answer> {
  const answer = await caller.ask({ method: 'GET', path: '/v2/capabilities' }, signal).catch((error: unknown) => {
    throw error instanceof ConformanceFailure ? new InterLinkError('unavailable', error.seen) : error;
  });
  const { status, text } = answer;
  if (status === 401 || status === 403 || status >= 500) {
    const { code, message } = parseProblem(status, text);
    throw new InterLinkError(code, `${url} refuses GET /v2/capabilities with ${status}: ${message}`);
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
function spokenBy(answer: Answer | undefined): Generation[] {
  try {
    const parsed: unknown = JSON.parse(answer?.text ?? '');
    const versions =
      typeof parsed === 'object' && parsed !== null && 'protocolVersions' in parsed
        ? parsed.protocolVersions
        : undefined;
    if (answer?.status === 200 && Array.isArray(versions)) return versions.includes('v1') ? ['v2', 'v1'] : ['v2'];
  } catch {
    // No JSON: not ours.
  }
  return ['v1'];
}
