import { type EventRecorder, objectReference } from '@interlink/kube';
import { type Logger, TokenBucket } from '@interlink/service-kit';
import type { NodeFacts } from '../resolve/node-facts.ts';
import type { BackendMirror } from './backend-mirror.ts';
import type { PodEntry } from './pod-entry.ts';
import { podName } from './pod-name.ts';
import type { StatusWriter } from './status-writer.ts';

export interface ReportStepOptions {
  readonly mirror: Pick<BackendMirror, 'get' | 'trouble'>;
  readonly status: Pick<StatusWriter, 'write'>;
  readonly node: Pick<NodeFacts, 'name'>;
  readonly events: Pick<EventRecorder, 'record'>;
  readonly logger: Logger;
  retry(uid: string, delayMs: number): void;
}

/** How long a status of "being created" waits for "running", so that a quick start costs one PATCH, not two. */
const firstStatusDelayMs = 200;
/** More changes of one pod than any pod has; what comes faster is written later, and only its newest. */
const reportRate = { burst: 30, perSecond: 2 };

/** Shows what the backend reports of a pod, no more often than it takes, or that the backend can't be asked. */
export class ReportStep {
  readonly #options: ReportStepOptions;

  constructor(options: ReportStepOptions) {
    this.#options = options;
  }

  /** @throws what the Kubernetes API refused: to be tried again */
  async show(uid: string, entry: PodEntry, signal: AbortSignal): Promise<void> {
    const { mirror, status, logger, retry } = this.#options;
    const report = mirror.get(uid);
    const isFirst = (entry.pod?.status?.containerStatuses ?? []).length === 0;
    const statuses = [...(report?.status.initContainerStatuses ?? []), ...(report?.status.containerStatuses ?? [])];
    const isOnlyBeginning = statuses.every(
      ({ state }) => state.waiting?.reason === 'ContainerCreating' || state.waiting?.reason === 'PodInitializing',
    );
    if (isFirst && isOnlyBeginning) {
      entry.firstStatusDueMs ??= performance.now() + firstStatusDelayMs;
      const waitMs = entry.firstStatusDueMs - performance.now();
      if (waitMs > 0) return retry(uid, waitMs);
    }
    entry.reports ??= new TokenBucket(reportRate, performance.now());
    const waitMs = entry.reports.waitMs(performance.now());
    if (waitMs > 0) return retry(uid, waitMs);
    const phaseBefore = entry.pod?.status?.phase;
    if (!(await status.write(entry, report, { isFinal: false, signal }))) return;
    entry.reports.take(performance.now());
    const phase = entry.pod?.status?.phase;
    if (phase !== phaseBefore) {
      logger.info({ pod: entry.pod && podName(entry.pod), podUid: uid, phase }, 'pod phase changed');
    }
  }

  /** Of a pod that waits to be created. @throws what the Kubernetes API refused: to be tried again */
  async showUnreachable(entry: PodEntry, signal: AbortSignal): Promise<void> {
    const { mirror, status, node, events } = this.#options;
    const trouble = mirror.trouble ?? 'out of reach';
    entry.trouble = {
      reason: 'ContainerCreating',
      message: `The backend of node ${node.name} is out of reach: ${trouble}`,
    };
    if (entry.toldTrouble !== 'unreachable' && entry.pod !== undefined) {
      entry.toldTrouble = 'unreachable';
      events.record(objectReference(entry.pod), 'Warning', 'BackendUnreachable', entry.trouble.message);
    }
    await status.write(entry, undefined, { isFinal: false, signal });
  }
}
