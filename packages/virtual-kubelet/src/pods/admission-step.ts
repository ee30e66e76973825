import { type EventRecorder, objectReference, type Pod } from '@interlink/kube';
import type { Logger } from '@interlink/service-kit';
import type { Admission, Notice, Verdict } from '../admission/admission.ts';
import { rejectedStatus } from '../status/rejected-status.ts';
import type { PodEntry } from './pod-entry.ts';
import { podName } from './pod-name.ts';
import type { ReportedPods } from './reported-pods.ts';
import type { StatusWriter } from './status-writer.ts';

export interface AdmissionStepOptions {
  readonly admission: Pick<Admission, 'judge'>;
  readonly status: StatusWriter;
  readonly reported: ReportedPods;
  readonly events: Pick<EventRecorder, 'record'>;
  readonly logger: Logger;
}

/** What follows from a verdict: the pod goes on, fails, waits, or is only shown as running. Told once as an event. */
export class AdmissionStep {
  readonly #options: AdmissionStepOptions;

  constructor(options: AdmissionStepOptions) {
    this.#options = options;
  }

  /** @returns true when the pod may go to the backend. @throws what the Kubernetes API refused: to be tried again */
  async pass(uid: string, entry: PodEntry, signal: AbortSignal): Promise<boolean> {
    const pod = entry.pod;
    if (pod === undefined) return false;
    const verdict = await this.#options.admission.judge(pod, signal);
    entry.isHeld = verdict.kind === 'held';
    switch (verdict.kind) {
      case 'admitted':
        return true;
      case 'rejected':
        await this.#reject(uid, entry, verdict, signal);
        return false;
      case 'held':
        await this.#hold(entry, pod, verdict, signal);
        return false;
      case 'report-only':
        this.#tell(entry, pod, verdict.event);
        await this.#options.reported.show(entry, signal);
        return false;
    }
  }

  async #reject(uid: string, entry: PodEntry, { reason, message }: Notice, signal: AbortSignal): Promise<void> {
    const { status, logger } = this.#options;
    const pod = entry.pod;
    if (pod === undefined) return;
    this.#tell(entry, pod, { reason, message });
    await status.writeStatus(entry, rejectedStatus(pod, { reason, message }, Date.now()), { signal });
    logger.warn({ pod: podName(pod), podUid: uid, reason }, 'pod rejected');
  }

  async #hold(
    entry: PodEntry,
    pod: Pod,
    { waitingReason, event }: Extract<Verdict, { kind: 'held' }>,
    signal: AbortSignal,
  ): Promise<void> {
    entry.trouble = { reason: waitingReason, message: event.message };
    this.#tell(entry, pod, event);
    await this.#options.status.write(entry, undefined, { isFinal: false, signal });
  }

  /** Not again for the same thing: a pod whose status says it already was told of by an earlier run. */
  #tell(entry: PodEntry, pod: Pod, { reason, message }: Notice): void {
    if (entry.toldTrouble === message) return;
    entry.toldTrouble = message;
    const waiting = pod.status?.containerStatuses?.[0]?.state?.waiting;
    if (waiting?.message !== message) this.#options.events.record(objectReference(pod), 'Warning', reason, message);
  }
}
