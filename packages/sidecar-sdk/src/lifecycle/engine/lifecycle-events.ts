import type { EventText } from '../container-runtime.ts';
import type { StopReason } from '../decide/step.ts';

/**
 * The kubelet's events in the wording of Kubernetes 1.35, which people and test suites match
 * (https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/events/event.go).
 */
export const created: EventText = normal('Created', 'Container created');
export const started: EventText = normal('Started', 'Container started');
export const failed = (why: string): EventText => warning('Failed', `Error: ${why}`);
export const sandboxFailed = (why: string): EventText =>
  warning('FailedCreatePodSandBox', `Failed to create pod sandbox: ${why}`);
export const sandboxChanged: EventText = normal(
  'SandboxChanged',
  'Pod sandbox changed, it will be killed and re-created.',
);
export const mountFailed = (why: string): EventText => warning('FailedMount', why);
export const unreadable = (why: string): EventText => warning('FailedSync', `error determining status: ${why}`);
export const pullBackOff = (image: string): EventText => normal('BackOff', `Back-off pulling image "${image}"`);
export const crashLoop = (container: string, pod: { name: string; namespace: string; uid: string }): EventText =>
  warning(
    'BackOff',
    `Back-off restarting failed container ${container} in pod ${pod.name}_${pod.namespace}(${pod.uid})`,
  );

/** A deadline is no more than what its author asked for. */
export function podFailed({ reason, message }: { reason: string; message: string }): EventText {
  return reason === 'DeadlineExceeded' ? normal(reason, message) : warning(reason, message);
}

/** @param isRestarted another attempt follows one that fails */
export function killing(container: string, why: StopReason, isRestarted: boolean): EventText {
  if (why !== 'liveness' && why !== 'startup') return normal('Killing', `Stopping container ${container}`);
  return normal('Killing', `Container ${container} failed ${why} probe${isRestarted ? ', will be restarted' : ''}`);
}

function normal(reason: string, message: string): EventText {
  return { type: 'Normal', reason, message };
}

function warning(reason: string, message: string): EventText {
  return { type: 'Warning', reason, message };
}
