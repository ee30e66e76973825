import type { PodCondition } from '@interlink/kube';
import type { PodReport } from '@interlink/protocol';

/** Ours, and there only while a resize has something to say: https://kubernetes.io/docs/tasks/configure-pod-container/resize-container-resources/#pod-resize-status */
export const resizeConditionTypes = ['PodResizePending', 'PodResizeInProgress'] as const;

export interface ResizeCondition {
  readonly type: (typeof resizeConditionTypes)[number];
  readonly reason?: string;
  readonly message?: string;
}

export interface ResizeInput {
  /** Resources differ from what the spec asks for. */
  readonly isWanted: boolean;
  readonly report: PodReport | undefined;
  readonly generation: number | undefined;
  /** Why the backend did not take the newest spec. */
  readonly refusal: string | undefined;
}

/** What stands between a pod and the resources that its spec asks for. */
export function resizeConditions({ isWanted, report, generation = 0, refusal }: ResizeInput): ResizeCondition[] {
  if (report === undefined) return [];
  if (isWanted && refusal !== undefined) return [{ type: 'PodResizePending', reason: 'Infeasible', message: refusal }];
  const { resize, observedGeneration } = report.status;
  const message = resize?.message === undefined ? {} : { message: resize.message };
  if (resize?.state === 'InProgress') return [{ type: 'PodResizeInProgress', ...message }];
  if (resize !== undefined) return [{ type: 'PodResizePending', reason: resize.state, ...message }];
  return isWanted && (observedGeneration ?? 0) < generation ? [{ type: 'PodResizeInProgress' }] : [];
}

/** Those that the API shows now: kept while it is not known how far the backend is. */
export function shownResizeConditions(current: ReadonlyArray<PodCondition>): ResizeCondition[] {
  return resizeConditionTypes.flatMap((type) => {
    const shown = current.find((condition) => condition.type === type && condition.status === 'True');
    if (shown === undefined) return [];
    const { reason, message } = shown;
    return [{ type, ...(reason === undefined ? {} : { reason }), ...(message === undefined ? {} : { message }) }];
  });
}
