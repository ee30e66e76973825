import { InterLinkError, type PodRequest, toRetrievedPodData } from '@interlink/protocol';

/** A service that makes job scripts. */
export interface ScriptBuilder {
  readonly url: string;
  /** Sent as `jobConfig`, as the administrator wrote it: `JobScriptBuildConfig`. */
  readonly config: Readonly<Record<string, unknown>>;
  /** What messages call it: the key that names it, or the URL where a caller does. */
  readonly name: string;
}

/** Below the 30 s after which InterLink takes a create for lost. */
const deadlineMs = 20_000;
/** As much as Slurm takes for a script: `max_script_size` of slurm.conf(5), by default. */
const maxBytes = 4 * 1024 * 1024;

/**
 * Asks a job-script builder, as InterLink of the field does: POST of the pod as protocol v1 has it (`RetrievedPodData`, `jobConfig` as the
 * administrator wrote it); the text of the answer is the script.
 * @throws InterLinkError `unavailable` when it does not answer, or can't now (5xx, 429); `failed_precondition` when it refuses the pod
 */
export async function askScriptBuilder(
  { url, config, name }: ScriptBuilder,
  request: PodRequest,
  fetcher: typeof fetch,
): Promise<string> {
  const body = JSON.stringify({ ...toRetrievedPodData(request), jobConfig: config });
  const signal = AbortSignal.timeout(deadlineMs);
  try {
    const response = await fetcher(url, {
      ...{ method: 'POST', body, signal, headers: { 'content-type': 'application/json' } },
      // The pod's Secrets are in the body: they go to nobody else.
      redirect: 'manual',
    });
    const text = await readText(response, name);
    if (response.ok) return text;
    throw refusal(response.status, text, name);
  } catch (error) {
    if (error instanceof InterLinkError) throw error;
    // fetch() itself says no more than that it has failed.
    const { message } = InterLinkError.from((error instanceof Error && error.cause) || error);
    const why = signal.aborted ? `no answer in ${deadlineMs / 1_000} s` : message;
    throw new InterLinkError('unavailable', `Cannot get a script from ${name}: ${why}`, {
      ...{ reason: 'JobScriptUnavailable', cause: error },
    });
  }
}

/** What it says is for the pod's author: a line of it will do. */
function refusal(status: number, text: string, name: string): InterLinkError {
  const [line = ''] = text.trim().split('\n');
  const said = line === '' ? '' : `: ${line.slice(0, 300)}`;
  const isPassing = status >= 500 || status === 429;
  return new InterLinkError(
    isPassing ? 'unavailable' : 'failed_precondition',
    `Cannot get a script from ${name}: it answered ${status}${said}`,
    { reason: isPassing ? 'JobScriptUnavailable' : 'JobScriptRefused' },
  );
}

async function readText({ body }: Response, name: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > maxBytes) {
      throw new InterLinkError('failed_precondition', `The script of ${name} is longer than ${maxBytes} bytes`, {
        reason: 'InvalidJobScript',
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
