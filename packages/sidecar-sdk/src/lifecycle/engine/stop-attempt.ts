import { InterLinkError } from '@interlink/protocol';
import type { RuntimePod } from '../container-runtime.ts';
import type { Step } from '../decide/step.ts';
import { toSubject } from './care-subject.ts';
import * as events from './lifecycle-events.ts';
import { type PodMemory, sandbox } from './pod-memory.ts';
import type { StepRunnerOptions } from './step-runner.ts';

/** Begins the end of an attempt, or makes the time that it has shorter; told when it begins. */
export function stopAttempt(
  { attempt, killAtMs, why }: Step & { do: 'stop' },
  { pod, memory }: { pod: RuntimePod; memory: PodMemory },
  { runtime, care, tell, logger }: Pick<StepRunnerOptions, 'runtime' | 'care' | 'tell' | 'logger'>,
): void {
  const { uid } = pod.pod.metadata;
  const { container } = attempt;
  const subject = toSubject(pod, attempt);
  const preStop = async (signal: AbortSignal) => {
    if (subject === undefined) return;
    await care.runHook('preStop', subject, signal).catch((error: unknown) => {
      if (!signal.aborted) tell(uid, container, events.preStopFailed(InterLinkError.from(error).message));
    });
  };
  const isNew = memory.stopper.stop(attempt.id, killAtMs, {
    preStop: subject?.spec.lifecycle?.preStop === undefined ? undefined : preStop,
    terminate: () => runtime.terminate(pod, attempt),
    kill: () => runtime.kill(pod, attempt),
    onError: (error) => logger.warn({ podUid: uid, container, err: error }, 'cannot end the container yet'),
  });
  if (!isNew) return;
  if (why === 'sandbox-changed' && memory.tellOnce(sandbox, `${pod.sandboxSince}`))
    tell(uid, undefined, events.sandboxChanged);
  tell(uid, container, events.killing(container, why));
}
