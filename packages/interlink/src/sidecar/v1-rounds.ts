import type { PodReport } from '@interlink/protocol';
import { endsDoubt } from './create-doubt.ts';
import { EmptyEntries, isEmpty } from './empty-entries.ts';
import type { V1Client } from './v1-client.ts';
import { isSilence } from './v1-failures.ts';
import { hadJob, type V1Pod, type V1Pods } from './v1-pods.ts';
import { type V1Answers, V1Statuses } from './v1-statuses.ts';

/** A pod missing from this many good answers in a row is looked up once more, and lost if it is not there. */
const absencesUntilLookup = 3;
/** An answer that a plugin has kept is at most so old; that of Slurm keeps them for 10 s. */
const oldestAnswerMs = 30_000;

export interface V1RoundsOptions {
  readonly client: Pick<V1Client, 'status' | 'ping'>;
  readonly pods: V1Pods;
  /** Milliseconds since the epoch, which never go back. */
  readonly now: () => number;
  readonly onReport: (pod: V1Pod, report: PodReport) => void;
  readonly onGone: (uid: string) => void;
  readonly onUnwanted: (pod: V1Pod) => void;
}

/** What a v1 plugin's `/status` says of the pods, one question for all, and what that changes. */
export class V1Rounds {
  readonly #options: V1RoundsOptions;
  readonly #statuses: V1Statuses;
  readonly #emptyEntries: EmptyEntries;
  #polling: Promise<boolean> | undefined;

  constructor(options: V1RoundsOptions) {
    this.#options = options;
    this.#statuses = new V1Statuses(options.client);
    this.#emptyEntries = new EmptyEntries(this.#statuses);
  }

  /**
   * Asks for these pods now, and keeps what is told. @returns why the plugin could not tell, for those for which it could not
   * @throws InterLinkError when it did not answer at all
   */
  async ask(entries: ReadonlyArray<V1Pod>): Promise<V1Answers['failures']> {
    const askedMs = this.#options.now();
    const answers = await this.#statuses.ask(entries.map(({ pod }) => pod));
    await this.#take(entries, { ...answers, isWell: false, askedMs });
    return answers.failures;
  }

  /** One round for all pods. @returns whether something has changed @throws InterLinkError when the plugin did not answer, or is ill */
  async poll(): Promise<boolean> {
    this.#polling ??= this.#pollNow().finally(() => {
      this.#polling = undefined;
    });
    return await this.#polling;
  }

  async #pollNow(): Promise<boolean> {
    const askedMs = this.#options.now();
    const { pods } = this.#options;
    pods.forgetIdle();
    const all = [...pods.all()].filter(({ isSending }) => !isSending);
    const shown = all.filter(({ report, isApart }) => report !== undefined && !isApart);
    const others = all.filter((entry) => !shown.includes(entry));
    const answers = await this.#statuses.ask(shown.map(({ pod }) => pod));
    const more = await this.#statuses.ask(others.map(({ pod }) => pod));
    const hasSpoken = shown.length > answers.failures.size || more.reports.size > 0;
    // Only a plugin that answers something well says anything by an error for one pod.
    const isInDoubt = all.length === 0 || answers.failures.size + more.failures.size > 0;
    const isWell = hasSpoken || !isInDoubt || (await this.#pings());
    const [illness] = answers.failures.values();
    if (illness !== undefined && !isWell) throw illness;
    const changes = await this.#take(shown, { ...answers, isWell, askedMs });
    return (await this.#take(others, { ...more, isWell, askedMs })) || changes;
  }

  /** @returns whether a ping is answered well @throws InterLinkError when it is not answered at all */
  async #pings(): Promise<boolean> {
    try {
      await this.#options.client.ping();
      return true;
    } catch (error) {
      if (isSilence(error)) throw error;
      return false;
    }
  }

  /** @returns whether something has changed, or is about to */
  async #take(
    entries: ReadonlyArray<V1Pod>,
    { reports, failures, unsure, isWell, askedMs }: V1Answers & { readonly isWell: boolean; readonly askedMs: number },
  ): Promise<boolean> {
    let hasChanged = false;
    const named: Array<{ entry: V1Pod; told: PodReport }> = [];
    for (const entry of entries) {
      const { uid } = entry.pod.metadata;
      if (this.#options.pods.find(uid) !== entry) continue;
      const report = reports.get(uid);
      const isShown = report !== undefined && (entry.report !== undefined || !isEmpty(report));
      entry.isMet = true;
      entry.isApart = failures.has(uid);
      if (isShown) hasChanged = this.#show(entry, report, askedMs) || hasChanged;
      else if (entry.report === undefined && report !== undefined) named.push({ entry, told: report });
      else if (entry.report === undefined) {
        const toldMs = unsure.has(uid) ? askedMs - oldestAnswerMs : askedMs;
        this.#settle(entry, { askedMs: toldMs, isFailure: failures.has(uid) }, isWell);
      } else if (!failures.has(uid)) {
        hasChanged = true;
        await this.#miss(entry, askedMs);
      }
    }
    await this.#settleNamed(named, askedMs);
    return hasChanged;
  }

  #show(entry: V1Pod, told: PodReport, askedMs: number): boolean {
    if (entry.isNamedOnly && !isEmpty(told)) this.#emptyEntries.sawJob();
    // Asked before the plugin had taken it, it named what it had no job for.
    entry.isNamedOnly = isEmpty(told) && askedMs >= (entry.takenMs ?? 0);
    entry.absences = 0;
    entry.missingFromMs = undefined;
    if (entry.isUnwanted) {
      // In doubt until it is gone: it is asked for, and deleted, again.
      this.#options.onUnwanted(entry);
      return false;
    }
    entry.doubt = undefined;
    const report = withWhatIsKnown(told, entry.report);
    const hasChanged = JSON.stringify(report) !== JSON.stringify(entry.report);
    entry.report = report;
    if (hasChanged) this.#options.onReport(entry, report);
    return hasChanged;
  }

  #settle(entry: V1Pod, answer: { askedMs: number; isFailure: boolean }, isWell: boolean): void {
    if (entry.isSending || entry.doubt === undefined || (answer.isFailure && !isWell)) return;
    if (!answer.isFailure) entry.isNamedOnly = false;
    if (endsDoubt(entry.doubt, answer)) entry.doubt = undefined;
  }

  /**
   * Of pods that are named without a container: one more question tells, for all, whether they may be there. One that is known to have had a
   * job may always be: whether the job still waits is not to be told from such an entry.
   */
  async #settleNamed(named: ReadonlyArray<{ entry: V1Pod; told: PodReport }>, askedMs: number): Promise<void> {
    const answer = { askedMs, isFailure: false };
    const isDue = ({ doubt, isSending }: V1Pod) => !isSending && doubt !== undefined && endsDoubt(doubt, answer);
    const due = named.filter(({ entry }) => isDue(entry));
    const open = due.find(({ entry }) => !hadJob(entry.pod));
    const saysAbsent = open === undefined ? () => false : await this.#emptyEntries.sayAbsent(open.entry.pod);
    // Another answer may have come while this one was waited for.
    for (const { entry, told } of due.filter(({ entry }) => isDue(entry))) {
      entry.isNamedOnly = hadJob(entry.pod) || !saysAbsent(told);
      if (!entry.isNamedOnly) entry.doubt = undefined;
      else if (entry.isUnwanted) this.#options.onUnwanted(entry);
    }
  }

  /** Absent from a good answer. */
  async #miss(entry: V1Pod, missedMs: number): Promise<void> {
    entry.absences += 1;
    entry.missingFromMs ??= missedMs;
    if (entry.absences < absencesUntilLookup) return;
    const { uid } = entry.pod.metadata;
    const askedMs = this.#options.now();
    const { reports, failures, unsure } = await this.#statuses.ask([entry.pod]);
    const report = reports.get(uid);
    if (report !== undefined) this.#show(entry, report, askedMs);
    else if (unsure.has(uid) && askedMs - (entry.missingFromMs ?? askedMs) < oldestAnswerMs) return;
    else if (!failures.has(uid) && this.#options.pods.find(uid) === entry) {
      this.#options.pods.forget(uid);
      this.#options.onGone(uid);
    }
  }
}

/** Some plugins tell the job id only when they create the job, and no containers while it waits. */
function withWhatIsKnown(told: PodReport, known: PodReport | undefined): PodReport {
  const jobID = told.status.jobID ?? known?.status.jobID;
  const lacksContainers = told.status.containerStatuses.length === 0 && known !== undefined;
  const status = lacksContainers ? known.status : told.status;
  return { ...told, status: { ...status, ...(jobID === undefined ? {} : { jobID }) } };
}
