import { InterLinkError, type Pod, type PodReport } from '@interlink/protocol';
import type { V1Client } from './v1-client.ts';

/** Single questions under way at one time. */
const concurrency = 8;

export interface V1Answers {
  readonly reports: ReadonlyMap<string, PodReport>;
  /** UIDs that the plugin failed to answer for: they may be there or not. */
  readonly unanswered: ReadonlySet<string>;
}

/**
 * Asks a v1 plugin for the state of many pods. Plugins in the field differ: most answer one request for all, some answer for the
 * first pod only, some fail as a whole for one pod that they don't know. The latter two are asked pod by pod, and that is remembered.
 */
export class V1Statuses {
  readonly #client: Pick<V1Client, 'status'>;
  #isAskedSingly = false;

  constructor(client: Pick<V1Client, 'status'>) {
    this.#client = client;
  }

  /** @throws InterLinkError when no pod could be asked for */
  async ask(pods: ReadonlyArray<Pod>): Promise<V1Answers> {
    if (this.#isAskedSingly) return await this.#askSingly(pods);
    let reports: Map<string, PodReport>;
    try {
      reports = byUid(await this.#client.status(pods));
    } catch (error) {
      // Some plugins answer 404 for a pod that they don't know.
      const isUnknown = InterLinkError.from(error).code === 'not_found';
      if (isSilence(error) || (pods.length < 2 && !isUnknown)) throw error;
      return await this.#askAgain(pods);
    }
    const lacking = pods.filter(({ metadata }) => !reports.has(metadata.uid));
    if (lacking.length === 0 || pods.length < 2) return { reports, unanswered: new Set() };
    const more = await this.#askAgain(lacking);
    return { reports: new Map([...reports, ...more.reports]), unanswered: more.unanswered };
  }

  /** A plugin that knows single pods that it left out of its answer for all is of the kind to be asked singly. */
  async #askAgain(pods: ReadonlyArray<Pod>): Promise<V1Answers> {
    const answers = await this.#askSingly(pods);
    if (answers.reports.size > 0) this.#isAskedSingly = true;
    return answers;
  }

  async #askSingly(pods: ReadonlyArray<Pod>): Promise<V1Answers> {
    const reports = new Map<string, PodReport>();
    const failures = new Map<string, unknown>();
    const queue = [...pods];
    const work = async () => {
      for (let pod = queue.shift(); pod !== undefined; pod = queue.shift()) {
        const { uid } = pod.metadata;
        try {
          const report = byUid(await this.#client.status([pod])).get(uid);
          if (report !== undefined) reports.set(uid, report);
        } catch (error) {
          if (InterLinkError.from(error).code !== 'not_found') failures.set(uid, error);
        }
      }
    };
    await Promise.all(Array.from({ length: concurrency }, work));
    const [failure] = failures.values();
    if (failures.size === pods.length) throw failure;
    return { reports, unanswered: new Set(failures.keys()) };
  }
}

/** The plugin did not answer at all: asking for each pod would tell no more. */
function isSilence(error: unknown): boolean {
  const { code } = InterLinkError.from(error);
  return code === 'unavailable' || code === 'deadline_exceeded' || code === 'cancelled';
}

function byUid(reports: ReadonlyArray<PodReport>): Map<string, PodReport> {
  return new Map(reports.map((report) => [report.uid, report]));
}
