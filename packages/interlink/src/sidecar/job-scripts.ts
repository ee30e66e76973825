import { InterLinkError, type PodRequest, type RetrievedPodData } from '@interlink/protocol';
import type { InterLinkConfig } from '@interlink/service-kit';
import { askScriptBuilder, checkJobScript, readJobScriptTemplate } from '@interlink/sidecar-sdk';

/** A pod to create, as a v1 caller may send it. */
export interface V1PodRequest extends PodRequest {
  /** The service that is to make the job's script. */
  readonly jobscriptURL?: string | undefined;
}

/** What a plugin is sent beside the pod. */
export type JobScript = Pick<RetrievedPodData, 'jobScript' | 'jobConfig'>;

type JobScriptConfig = Pick<InterLinkConfig, 'JobScriptBuilderURL' | 'JobScriptTemplate' | 'JobScriptBuildConfig'>;

/** What v1 plugins are given beside a pod: the job's script, and the administrator's settings for it. */
export class JobScripts {
  readonly #config: JobScriptConfig;
  readonly #allowed: ReadonlyArray<AllowedUrl>;
  readonly #fetcher: typeof fetch;

  /** @throws InterLinkError `invalid_argument` for a `JobScriptBuilderURL` that allows nothing, or everything */
  constructor(config: JobScriptConfig, fetcher: typeof fetch = fetch) {
    this.#config = config;
    this.#allowed = (config.JobScriptBuilderURL ?? '')
      .split(/[,\s]+/)
      .flatMap((text) => (text === '' ? [] : parseAllowed(text)));
    this.#fetcher = fetcher;
  }

  /**
   * @throws InterLinkError `failed_precondition` for a service that is not allowed, or refuses the pod; `unavailable` when the script can't be
   * had now
   */
  async of({ jobscriptURL = '', ...request }: V1PodRequest): Promise<JobScript> {
    const { JobScriptBuildConfig: config, JobScriptTemplate: template } = this.#config;
    const jobConfig = config === undefined ? {} : { jobConfig: { ...config } };
    if (jobscriptURL !== '') {
      const builder = { url: this.#check(jobscriptURL), config: config ?? {}, name: jobscriptURL };
      const script = checkJobScript(await askScriptBuilder(builder, request, this.#fetcher), jobscriptURL);
      return { ...jobConfig, jobScript: script };
    }
    if (template === undefined) return jobConfig;
    return { ...jobConfig, jobScript: await readJobScriptTemplate(template) };
  }

  #check(text: string): string {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url !== undefined && url.username === '' && this.#allowed.some((allowed) => isAllowed(url, allowed)))
      return url.href;
    throw new InterLinkError(
      'failed_precondition',
      `The job-script builder ${JSON.stringify(text.slice(0, 300))} is not allowed: JobScriptBuilderURL does not name it`,
      { reason: 'JobScriptRefused' },
    );
  }
}

interface AllowedUrl {
  readonly origin: string;
  readonly path: string;
  /** Whatever comes behind the path will do. */
  readonly isPrefix: boolean;
}

function parseAllowed(text: string): AllowedUrl {
  const isPrefix = text.endsWith('*');
  const bare = isPrefix ? text.slice(0, -1) : text;
  const url = URL.canParse(bare) ? new URL(bare) : undefined;
  // A star right behind the host would allow hosts of anybody's.
  const isWhole = /^https?:\/\/[^/@]+(\/|$)/.test(bare) && (!isPrefix || /^https?:\/\/[^/]+\//.test(bare));
  if (url === undefined || !isWhole || bare.includes('*')) {
    throw new InterLinkError(
      'invalid_argument',
      `JobScriptBuilderURL has ${JSON.stringify(text)}: http://host/path or https://host/path is wanted, with a * at its end for any rest`,
    );
  }
  return { origin: url.origin, path: url.pathname + url.search, isPrefix };
}

function isAllowed(url: URL, { origin, path, isPrefix }: AllowedUrl): boolean {
  const asked = url.pathname + url.search;
  return url.origin === origin && (isPrefix ? asked.startsWith(path) : asked === path);
}
