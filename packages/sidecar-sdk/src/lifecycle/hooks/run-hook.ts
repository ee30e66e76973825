import type { LifecycleHandler, PodEvent } from '@interlink/protocol';
import type { ActionTarget } from '../actions/action-target.ts';
import { renderPod } from '../actions/pod-name.ts';
import { type Clock, systemClock } from '../clock.ts';
import { execHook } from './exec-hook.ts';
import { httpHook } from './http-hook.ts';
import { sleepHook } from './sleep-hook.ts';

export type HookKind = 'postStart' | 'preStop';

/** How a hook ended. */
export interface HookOutcome {
  /** `unfinished`: the signal aborted first. */
  readonly result: 'success' | 'failure' | 'unfinished';
  /** What went wrong, for the container's state; it may hold what the command said. */
  readonly message: string;
  /** To be told of the pod. They hold nothing of what a command or server said, which may be secret. */
  readonly events: ReadonlyArray<PodEvent>;
}

/**
 * Runs a hook once. It takes as long as it takes: its caller aborts the signal when the pod's grace period is over, or when the
 * container has ended. It never throws.
 * @see https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/lifecycle/handlers.go
 */
export async function runHook(
  kind: HookKind,
  handler: LifecycleHandler,
  target: ActionTarget,
  signal: AbortSignal,
  clock: Clock = systemClock,
): Promise<HookOutcome> {
  const events: PodEvent[] = [];
  try {
    await runHandler(handler, target, { signal, clock, tell: (event) => events.push(event) });
    return { result: 'success', message: '', events };
  } catch (error) {
    if (signal.aborted) return { result: 'unfinished', message: '', events: [] };
    const message = describe(handler, target, error instanceof Error ? error.message : String(error));
    return { result: 'failure', message, events: [hookFailed(kind, target.container.name)] };
  }
}

interface HookContext {
  readonly signal: AbortSignal;
  readonly clock: Clock;
  tell(event: PodEvent): void;
}

async function runHandler(handler: LifecycleHandler, target: ActionTarget, context: HookContext): Promise<void> {
  if (handler.exec !== undefined) return await execHook(handler.exec, target, context);
  if (handler.httpGet !== undefined) return await httpHook(handler.httpGet, target, context);
  if (handler.sleep !== undefined) return await sleepHook(handler.sleep.seconds, context);
  throw new Error('a lifecycle hook is an exec, an httpGet or a sleep');
}

function describe(handler: LifecycleHandler, target: ActionTarget, why: string): string {
  const where = `for Container ${JSON.stringify(target.container.name)} in Pod ${JSON.stringify(renderPod(target.pod))}`;
  if (handler.exec !== undefined) {
    return `Exec lifecycle hook ([${(handler.exec.command ?? []).join(' ')}]) ${where} failed - error: ${why}`;
  }
  if (handler.httpGet !== undefined) {
    return `HTTP lifecycle hook (${handler.httpGet.path ?? ''}) ${where} failed - error: ${why}`;
  }
  return `Cannot run handler: invalid handler: ${why}`;
}

/** https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/kuberuntime/kuberuntime_container.go `startContainer`, `executePreStopHook` */
function hookFailed(kind: HookKind, container: string): PodEvent {
  const name = kind === 'postStart' ? 'PostStartHook' : 'PreStopHook';
  return { type: 'Warning', reason: `Failed${name}`, message: `${name} failed`, container };
}
