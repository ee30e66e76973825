import type { LogLine, Owner, Pod, PodReport, PodUpdate, ResolvedVolume } from '@interlink/sidecar-sdk';
import { type Ending, endedReport, failedInitReport, runningReport, waitingReport } from './report.ts';
import type { PodScript } from './script.ts';
import { reportAt } from './timeline-report.ts';
import { PodChanges } from './update.ts';

const fileVolumeTypes = ['configMap', 'secret', 'downwardAPI', 'projected'] as const;

/** One pod in memory: what was asked for and how far the play has got. Times are milliseconds since the epoch. */
export class MockPod {
  readonly owner: Owner;
  readonly script: PodScript;
  readonly createdAtMs: number;
  startedAtMs: number | undefined;
  endedAtMs: number | undefined;
  /** When the first delete arrived. */
  termAtMs: number | undefined;
  /** The next thing to happen by itself. */
  timer: NodeJS.Timeout | undefined;
  /** The log, when it is what a file of a volume held. */
  shown: LogLine[] | undefined;
  #pod: Pod;
  /** Without what updates brought. */
  #report: PodReport;
  #changes: PodChanges | undefined;
  #over: AbortController | undefined;

  constructor({ pod, owner, script, nowMs }: { pod: Pod; owner: Owner; script: PodScript; nowMs: number }) {
    this.owner = owner;
    this.createdAtMs = nowMs;
    this.script = script;
    this.#report = waitingReport(pod, script);
    this.#pod = pod;
  }

  get report(): PodReport {
    return this.#changes === undefined ? this.#report : this.#changes.over(this.#report);
  }

  /** Aborts at the pod's end; made when somebody first asks, so that a pod nobody follows costs nothing. */
  get over(): AbortController {
    this.#over ??= new AbortController();
    return this.#over;
  }

  /** Whether it has a volume of files of this name. */
  hasFiles(name: string): boolean {
    const volume = this.#pod.spec.volumes?.find((candidate) => candidate.name === name);
    return fileVolumeTypes.some((type) => volume?.[type] !== undefined);
  }

  /** The volumes now hold these files. */
  show(volumes: ReadonlyArray<ResolvedVolume>, nowMs: number): void {
    const [name, ...path] = this.script.logFile?.split('/') ?? [];
    const volume = volumes.find((candidate) => candidate.name === name);
    if (volume === undefined) return;
    const file = volume.files.find((candidate) => candidate.path === path.join('/'));
    const content = file === undefined ? Buffer.from('absent\n') : Buffer.from(file.data, 'base64');
    if (this.shown?.at(-1)?.content.equals(content) === true) return;
    this.shown = [...(this.shown ?? []), { time: toTime(nowMs), content }];
  }

  start(nowMs: number): void {
    this.startedAtMs = nowMs;
    const at = toTime(nowMs);
    const { initExitCode, reason, message } = this.script;
    if (initExitCode === 0 || (this.#pod.spec.initContainers ?? []).length === 0) {
      this.#report = runningReport(this.#pod, at);
      return;
    }
    this.#report = failedInitReport(this.#pod, {
      exitCode: initExitCode,
      startedAt: at,
      finishedAt: at,
      reason,
      message,
    });
    this.#end(nowMs);
  }

  /** Goes by its timeline, up to now. @returns when there is more to come */
  advance(nowMs: number): number | undefined {
    return this.#playTimeline(nowMs);
  }

  /** The containers end by themselves. */
  finish(nowMs: number): void {
    const { exitCode, reason, message, podReason } = this.script;
    this.#report = endedReport(this.#pod, { ...this.#times(nowMs), exitCode, reason, message, podReason });
    this.#end(nowMs);
  }

  /** Ended by a delete; what had ended before stays as it was. */
  stop(nowMs: number, exitCode: number): void {
    if (this.endedAtMs !== undefined) return;
    if (this.script.timeline !== undefined) {
      this.#playTimeline(nowMs, { exitCode });
      return;
    }
    this.#report = endedReport(this.#pod, { ...this.#times(nowMs), exitCode });
    this.#end(nowMs);
  }

  /** Takes a changed spec; what has ended stays as it was. */
  update(pod: PodUpdate['pod'], nowMs: number): void {
    this.#changes ??= new PodChanges();
    this.#pod = this.#changes.take(this.#pod, pod, { at: toTime(nowMs), refusal: this.script.resize });
    if (this.endedAtMs !== undefined) return;
    if (this.script.timeline !== undefined) {
      this.#playTimeline(nowMs);
      return;
    }
    this.#report =
      this.startedAtMs === undefined
        ? waitingReport(this.#pod, this.script)
        : runningReport(this.#pod, toTime(this.startedAtMs));
  }

  #playTimeline(nowMs: number, end: { readonly exitCode?: number } = {}): number | undefined {
    const { timeline = { main: [], named: new Map() }, queueReason } = this.script;
    const moment = { createdAtMs: this.createdAtMs, nowMs, queueReason, ...end };
    const { report, startedAtMs, nextMs, hasEnded } = reportAt(this.#pod, timeline, moment);
    this.#report = report;
    this.startedAtMs = startedAtMs;
    if (hasEnded) this.#end(nowMs);
    return hasEnded ? undefined : nextMs;
  }

  #times(nowMs: number): Pick<Ending, 'startedAt' | 'finishedAt'> {
    const startedAt = this.startedAtMs === undefined ? undefined : toTime(this.startedAtMs);
    return { startedAt, finishedAt: toTime(nowMs) };
  }

  #end(nowMs: number): void {
    this.endedAtMs = nowMs;
    this.#over?.abort();
  }
}

function toTime(ms: number): string {
  return new Date(ms).toISOString();
}
