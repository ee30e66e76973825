import { InterLinkError, type Pod, type PodReport } from '@interlink/protocol';
import type { V1Client } from './v1-client.ts';
import { isSilence } from './v1-failures.ts';

/** Single questions under way at one time. */
const concurrency = 8;

export interface V1Answers {
  readonly reports: ReadonlyMap<string, PodReport>;
  /** By UID, pods that the plugin answered for with an error: they may be there or not. */
  readonly failures: ReadonlyMap<string, InterLinkError>;
  /**
   * UIDs of pods that were not in an answer which had others in their place: some plugins keep an answer for a while, and give it to
   * whatever they are asked.
   */
  readonly unsure: ReadonlySet<string>;
}

/** How a plugin takes a list of pods. */
type Manner = 'unknown' | 'together' | 'singly';

/**
 * Asks a v1 plugin for the state of many pods. Plugins in the field differ: most answer one request for all, some answer for the
 * first pod only, some fail as a whole for one pod that they don't know. The former are asked pod by pod from then on, the latter for
 * as long as that pod is among them.
 */
export class V1Statuses {
  readonly #client: Pick<V1Client, 'status'>;
  #manner: Manner = 'unknown';

  constructor(client: Pick<V1Client, 'status'>) {
    this.#client = client;
  }

  /** @throws InterLinkError when the plugin did not answer at all */
  async ask(pods: ReadonlyArray<Pod>): Promise<V1Answers> {
    if (pods.length === 0) return { reports: new Map(), failures: new Map(), unsure: new Set() };
    if (this.#manner === 'singly' || pods.length === 1) return await this.#askSingly(pods);
    let reports: Map<string, PodReport>;
    try {
      reports = byUid(await this.#client.status(pods));
    } catch (error) {
      if (isSilence(error)) throw error;
      return await this.#askSingly(pods);
    }
    const lacking = pods.filter(({ metadata }) => !reports.has(metadata.uid));
    if (reports.size > 1) this.#manner = 'together';
    if (lacking.length === 0 || this.#manner === 'together') {
      return { reports, failures: new Map(), unsure: hasOthers(reports, pods) ? uidsOf(lacking) : new Set() };
    }
    // Are these not there, or is it one of those that answer for the first pod only?
    const more = await this.#askSingly(lacking);
    if (more.reports.size > 0) this.#manner = 'singly';
    return { ...more, reports: new Map([...reports, ...more.reports]) };
  }

  async #askSingly(pods: ReadonlyArray<Pod>): Promise<V1Answers> {
    const reports = new Map<string, PodReport>();
    const failures = new Map<string, InterLinkError>();
    const unsure = new Set<string>();
    const queue = [...pods];
    const work = async () => {
      for (let pod = queue.shift(); pod !== undefined; pod = queue.shift()) {
        const { uid } = pod.metadata;
        try {
          const answer = byUid(await this.#client.status([pod]));
          const report = answer.get(uid);
          if (report !== undefined) reports.set(uid, report);
          else if (answer.size > 0) unsure.add(uid);
        } catch (error) {
          if (isSilence(error)) throw error;
          const failure = InterLinkError.from(error);
          // Some plugins answer 404 for a pod that they don't know.
          if (failure.code !== 'not_found') failures.set(uid, failure);
        }
      }
    };
    await Promise.all(Array.from({ length: concurrency }, work));
    return { reports, failures, unsure };
  }
}

function byUid(reports: ReadonlyArray<PodReport>): Map<string, PodReport> {
  return new Map(reports.map((report) => [report.uid, report]));
}

function hasOthers(reports: ReadonlyMap<string, PodReport>, asked: ReadonlyArray<Pod>): boolean {
  const uids = uidsOf(asked);
  return [...reports.keys()].some((uid) => !uids.has(uid));
}

function uidsOf(pods: ReadonlyArray<Pod>): Set<string> {
  return new Set(pods.map(({ metadata }) => metadata.uid));
}
