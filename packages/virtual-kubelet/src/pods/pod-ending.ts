import { type EventRecorder, type KubeClient, objectReference, type Pod } from '@interlink/kube';
import type { PodReport } from '@interlink/protocol';
import type { Logger } from '@interlink/service-kit';
import { isTerminal } from '../status/terminal-phase.ts';
import type { BackendMirror } from './backend-mirror.ts';
import { deadlineExceeded, endedInTime, podDeadline } from './pod-deadline.ts';
import type { PodEntry } from './pod-entry.ts';
import type { PodHandover } from './pod-handover.ts';
import { podName } from './pod-name.ts';
import type { PodStopper } from './pod-stopper.ts';
import { defaultGraceSeconds, remainingGraceSeconds } from './remaining-grace.ts';
import { removePod } from './remove-pod.ts';
import type { StatusWriter } from './status-writer.ts';

export interface PodEndingOptions {
  readonly client: Pick<KubeClient, 'delete'>;
  readonly mirror: Pick<BackendMirror, 'get'>;
  readonly handover: Pick<PodHandover, 'isStillThere' | 'lookUp'>;
  readonly stopper: PodStopper;
  readonly status: Pick<StatusWriter, 'write'>;
  readonly events: Pick<EventRecorder, 'record'>;
  readonly logger: Logger;
  retry(uid: string, delayMs: number): void;
}

/** How long the API server may take to remove a pod that it has begun to. */
const apiDeletionMs = 10_000;

/** How a pod ends: deleted, past its deadline, or lost. Whatever ends it, its last status is written before it goes. */
export class PodEnding {
  readonly #options: PodEndingOptions;

  constructor(options: PodEndingOptions) {
    this.#options = options;
  }

  /** Deleted, and still at work. What it looks like while it ends is worth a PATCH, that it was told to is not. */
  async stop(uid: string, entry: PodEntry, signal: AbortSignal): Promise<void> {
    const { stopper, mirror, status } = this.#options;
    const wasTold = entry.stopped !== undefined;
    await stopper.stop(uid, entry, remainingGraceSeconds(entry), signal);
    const report = mirror.get(uid);
    if (wasTold && report !== undefined) await status.write(entry, report, { isFinal: false, signal });
  }

  /**
   * Past its deadline, and at work (`expire`) or ended by that (`expired`). The backend ends it, and only then is it shown as failed:
   * whoever waits for that must not meet it still at work.
   */
  async expire(kind: 'expire' | 'expired', uid: string, entry: PodEntry, signal: AbortSignal): Promise<void> {
    const { mirror, handover, stopper, status, events, logger } = this.#options;
    // Of a v1 plugin's pod nothing may be known yet: it may run on, and be ended first, or have ended in time.
    const found = kind === 'expired' ? await handover.lookUp(uid, entry, signal) : undefined;
    if (found === 'there') return;
    const report = mirror.get(uid);
    if (report !== undefined || kind === 'expire' || found === 'may turn up') {
      await stopper.stop(uid, entry, grantedSeconds(entry), signal);
    }
    // Until its backend was told it may have ended by itself, in time: then the next look shows that.
    if (!entry.isExpired && hasEndedInTime(entry.pod, mirror.get(uid))) return;
    entry.isExpired = true;
    const isFinal = kind === 'expired';
    const failure = isFinal ? deadlineExceeded : undefined;
    if (isFinal && entry.pod !== undefined) {
      const { reason, message } = deadlineExceeded;
      events.record(objectReference(entry.pod), 'Normal', reason, message);
      logger.info({ pod: podName(entry.pod), podUid: uid }, 'pod ended: its deadline has passed');
    }
    await status.write(entry, report ?? entry.lastReport, { isFinal, failure, signal });
  }

  /** Failed by us, and at work all the same: it had been in a queue, say, unseen. Its status stays. */
  async endLate(uid: string, entry: PodEntry, signal: AbortSignal): Promise<void> {
    await this.#options.stopper.stop(uid, entry, grantedSeconds(entry), signal);
  }

  /** It ran, the backend has it no more, and it must not run again. */
  async lose(uid: string, entry: PodEntry, signal: AbortSignal): Promise<void> {
    if (await this.#options.handover.isStillThere(uid, entry, signal)) return;
    await this.#options.status.write(entry, entry.lastReport, { isFinal: true, signal });
  }

  /** Deleted, and ended. The last status first: whoever waits for the end of the pod must see how it ended. */
  async finish(uid: string, entry: PodEntry, signal: AbortSignal): Promise<void> {
    const { client, mirror, handover, stopper, status, logger } = this.#options;
    const pod = entry.pod;
    if (pod === undefined || entry.isRemoved) return;
    const found = await handover.lookUp(uid, entry, signal);
    if (found === 'there') return;
    if (found === 'may turn up') await stopper.stop(uid, entry, remainingGraceSeconds(entry), signal);
    if (!isTerminal(pod.status?.phase)) {
      await status.write(entry, mirror.get(uid) ?? entry.lastReport, { isFinal: true, signal });
    }
    if (this.#isLeftToTheApi(uid, entry)) return;
    if (!(await removePod(client, pod, signal))) return;
    entry.isRemoved = true;
    logger.info({ pod: podName(pod), podUid: uid }, 'pod removed');
  }

  /** A pod whose grace period is 0 is deleted by the API server itself, unless that died on the way: then we do it after a while. */
  #isLeftToTheApi(uid: string, entry: PodEntry): boolean {
    if (entry.pod?.metadata?.deletionGracePeriodSeconds !== 0) return false;
    entry.leftToApiUntilMs ??= performance.now() + apiDeletionMs;
    const waitMs = entry.leftToApiUntilMs - performance.now();
    if (waitMs > 0) this.#options.retry(uid, waitMs);
    return waitMs > 0;
  }
}

function hasEndedInTime(pod: Pod | undefined, report: PodReport | undefined): boolean {
  const deadlineMs = pod === undefined ? undefined : podDeadline(pod);
  return deadlineMs !== undefined && report !== undefined && endedInTime(report, deadlineMs);
}

/** The whole grace period, for a pod that nobody has deleted. */
function grantedSeconds({ pod }: PodEntry): number {
  return pod?.spec?.terminationGracePeriodSeconds ?? defaultGraceSeconds;
}
