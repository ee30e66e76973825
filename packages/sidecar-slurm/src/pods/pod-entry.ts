import { lstat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { OwnedReport, PodEvent, PodReference, PodReport } from '@interlink/sidecar-sdk';
import { readRunner } from '../folder/claim.ts';
import { endOfEvents, readJobEvents } from '../folder/job-events.ts';
import { type JobRecord, readJobRecord } from '../folder/job-record.ts';
import type { LinkRecord } from '../folder/link-record.ts';
import type { PodFolder } from '../folder/pod-folder.ts';
import type { Deletion } from '../folder/stop-order.ts';
import type { StoredPod, Submission } from '../folder/stored-pod.ts';
import { readTerminationMessages, type TerminationMessages } from '../folder/termination-messages.ts';
import type { PlannedPull } from '../pull/plan-pulls.ts';
import { signalLeadSeconds } from '../request/time-limit.ts';
import { type Sight, stageOf } from '../status/stage-of.ts';
import { type Stage, type Trouble, toPodReport } from '../status/to-pod-report.ts';

/** What this process knows of one pod. All of it is read from the pod's folder and from Slurm, and may be lost at any moment. */
export class PodEntry {
  readonly folder: PodFolder;
  readonly stored: StoredPod;
  submission: Submission | undefined;
  deletion: Deletion | undefined;
  /** It gets no job any more: its deletion is ordered, and may not be written down yet. */
  isEnding = false;
  /** Set once its job was found not to see the folder. */
  link: LinkRecord | undefined;
  sight: Sight = { kind: 'unseen' };
  /** Its job had ended when this process began, and said so: its end is no news. */
  hadEnded = false;
  /** It was told when Slurm expects its job to start. */
  isStartTold = false;
  /** Why it has no job yet. */
  trouble: Trouble | undefined;
  /** Images that are to be pulled before it gets one. */
  pulls: ReadonlyArray<PlannedPull>;
  /** Why they are not there, by container. */
  readonly imageTroubles = new Map<string, Trouble>();
  record: JobRecord | undefined;
  observedGeneration: number | undefined;
  #messages: TerminationMessages = new Map();
  #eventsOffset = 0;
  #heardMs: number | undefined;
  #hasMark = false;
  #reading: Promise<unknown> = Promise.resolve();

  constructor(folder: PodFolder, stored: StoredPod) {
    this.folder = folder;
    this.stored = stored;
    this.pulls = stored.pulls ?? [];
    this.observedGeneration = stored.pod.metadata.generation;
  }

  get uid(): string {
    return this.stored.pod.metadata.uid;
  }

  get reference(): PodReference {
    const { uid, namespace, name } = this.stored.pod.metadata;
    return { owner: this.stored.owner, uid, namespace, name };
  }

  /** Undefined while it has none, as far as this process knows. Of several the one that runs. */
  get jobId(): string | undefined {
    return this.record?.jobId ?? this.submission?.jobId;
  }

  /** It is deleted, or has ended without being asked to: no news of Slurm's is the reason. */
  get isEndExpected(): boolean {
    return this.deletion !== undefined || (this.record?.phase === 'ended' && this.record.askedAt === undefined);
  }

  /** A script on the pod's node: `enter` runs its words inside of a container, `attach` is for those that have standard input. */
  scriptPath(container: string, name: 'enter' | 'attach'): string {
    const here = this.folder.container(container, name);
    return this.link === undefined ? here : join(this.link.folder, relative(this.folder.path, here));
  }

  /** Reads what is there when this process begins; what its job had to tell before was told, or is over. */
  async load(): Promise<void> {
    this.#eventsOffset = await endOfEvents(this.folder);
    await this.read();
  }

  /** Reads what its job has written, one look after the other: each event is read by one. @returns what is to be told */
  async read(): Promise<PodEvent[]> {
    const reading = this.#reading.then(async () => await this.#readFiles());
    this.#reading = reading.catch(() => undefined);
    return await reading;
  }

  stage(nowMs: number): Stage {
    const { jobId, trouble, imageTroubles, sight, record } = this;
    const leadMs = signalLeadSeconds(this.stored.pod.spec) * 1_000;
    const heard = { hasMark: this.#hasMark, heardMs: this.#heardMs };
    return stageOf({ jobId, trouble, imageTroubles, sight, record, ...heard, leadMs, nowMs });
  }

  report(nowMs: number): PodReport {
    return toPodReport({
      ...{ stored: this.stored, jobId: this.jobId, record: this.record, stage: this.stage(nowMs) },
      ...(this.observedGeneration === undefined ? {} : { observedGeneration: this.observedGeneration }),
      terminationMessageOf: (container, attempt) => this.#messages.get(`${container}/${attempt}`) ?? '',
    });
  }

  ownedReport(nowMs: number): OwnedReport {
    return { owner: this.stored.owner, report: this.report(nowMs) };
  }

  async #readFiles(): Promise<PodEvent[]> {
    const record = await readJobRecord(this.folder, this.stored.pod);
    if (record === undefined) {
      this.#hasMark = (await readRunner(this.folder)) !== undefined;
      return [];
    }
    this.#messages = await readTerminationMessages(this.folder, this.stored.pod, record, this.#messages);
    this.record = record;
    this.#heardMs = await heardAt(this.folder);
    const { events, offset } = await readJobEvents(this.folder, this.#eventsOffset);
    this.#eventsOffset = offset;
    return events;
  }
}

/** When the job wrote last: it samples its usage every few seconds. */
async function heardAt(folder: PodFolder): Promise<number | undefined> {
  const times = await Promise.all(
    (['usage', 'pod.state'] as const).map(
      async (name) => (await lstat(folder.file(name)).catch(() => undefined))?.mtimeMs,
    ),
  );
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
