import { InterLinkError, type Owner, type PodReport, type PodRequest } from '@interlink/protocol';
import type { Logger } from '@interlink/service-kit';
import { doubtOfRefusal, doubtOfSilence } from './create-doubt.ts';
import type { JobScripts, V1PodRequest } from './job-scripts.ts';
import type { CreateOutcome, V1Client } from './v1-client.ts';
import { firstReport } from './v1-first-report.ts';
import type { V1Pod, V1Pods } from './v1-pods.ts';
import type { V1Rounds } from './v1-rounds.ts';

export interface V1CreateSettings {
  readonly logger: Logger;
  /** How long only `/status` is asked of a pod that a create may have made. */
  readonly settleMs: number;
  /** `ExportPodData` */
  readonly exportsPodData: boolean;
  /** What plugins are given beside the pod. Without it, nothing. */
  readonly scripts?: Pick<JobScripts, 'of'>;
}

interface V1CreatesOptions extends V1CreateSettings {
  readonly client: Pick<V1Client, 'create'>;
  readonly pods: V1Pods;
  readonly rounds: V1Rounds;
  /** Milliseconds since the epoch, which never go back. */
  readonly now: () => number;
}

/** Creates at a v1 plugin, which has no way to send one twice: `/status` comes first, and whatever is in doubt waits. */
export class V1Creates {
  readonly #options: V1CreatesOptions;

  constructor(options: V1CreatesOptions) {
    this.#options = options;
  }

  /**
   * Sends a create unless the plugin shows the pod already. @param onAnswered is called when one was sent and its outcome is there
   * @throws InterLinkError with reason `CreateUnclear` when it may have had an effect, and while an earlier one may
   */
  async create(request: V1PodRequest, owner: Owner, onAnswered: () => void): Promise<PodReport> {
    const { client, pods, rounds, scripts } = this.#options;
    const { pod } = request;
    this.#refuse(request);
    const entry = pods.know(pod, owner);
    entry.pod = pod;
    entry.isUnwanted = false;
    const failures = await rounds.ask([entry]);
    if (entry.report !== undefined) return entry.report;
    if (entry.doubt !== undefined) throw this.#notYet(entry, failures.get(pod.metadata.uid));
    const script = (await scripts?.of(request)) ?? {};
    entry.isSending = true;
    const outcome = await client.create(request, script);
    entry.isSending = false;
    onAnswered();
    return this.#conclude(entry, outcome);
  }

  #conclude(entry: V1Pod, outcome: CreateOutcome): PodReport {
    const { settleMs, logger } = this.#options;
    if (outcome.kind === 'taken') {
      entry.report = firstReport(entry.pod, outcome.jobID);
      entry.takenMs = this.#options.now();
      return entry.report;
    }
    const nowMs = this.#options.now();
    if (outcome.kind === 'refused') entry.doubt = doubtOfRefusal(nowMs, settleMs);
    if (outcome.kind === 'unclear') {
      entry.doubt = doubtOfSilence(nowMs, settleMs);
      const { name, namespace, uid } = entry.pod.metadata;
      const fields = { pod: `${namespace}/${name}`, podUid: uid, node: entry.owner.node, settleMs };
      logger.warn({ err: outcome.error, ...fields }, 'a create has no clear end: only /status is asked for a while');
      const { code, message } = outcome.error;
      throw new InterLinkError(code, message, { reason: 'CreateUnclear', cause: outcome.error });
    }
    throw outcome.error;
  }

  #notYet({ pod, doubt, isNamedOnly }: V1Pod, failure: InterLinkError | undefined): InterLinkError {
    const { namespace, name } = pod.metadata;
    const unclear = (message: string) => new InterLinkError('unavailable', message, { reason: 'CreateUnclear' });
    if (isNamedOnly && failure === undefined)
      return unclear(
        `Cannot create pod "${namespace}/${name}" yet: the plugin may have taken it in an earlier try that had no clear answer, and its /status names the pod without a container; that is waited for, or that /status leaves the pod out: sent again, the pod might run twice. Delete it to give it up`,
      );
    const fromMs = failure === undefined ? doubt?.absentFromMs : doubt?.failedFromMs;
    const seconds = Math.max(0, Math.ceil(((fromMs ?? 0) - this.#options.now()) / 1_000));
    const said = failure === undefined ? '' : `; /status of the pod fails: ${failure.message}`;
    return unclear(
      `Cannot create pod "${namespace}/${name}" yet: the plugin may have taken it in an earlier try that had no clear answer; it is tried again in ${seconds} s, unless /status shows the pod before${said}`,
    );
  }

  #refuse({ pod }: PodRequest): void {
    if (this.#options.exportsPodData) return;
    const volume = pod.spec.volumes?.find(({ configMap, secret }) => configMap !== undefined || secret !== undefined);
    if (volume === undefined) return;
    const { namespace, name } = pod.metadata;
    throw new InterLinkError(
      'failed_precondition',
      `Cannot run pod "${namespace}/${name}": volume "${volume.name}" is a ConfigMap or Secret, and ExportPodData is false`,
    );
  }
}
