import { restartPolicyOf } from '@interlink/protocol';
import type { Attempt, RuntimePod } from '../container-runtime.ts';
import type { Step } from '../decide/step.ts';
import { declared } from '../facts/build-facts.ts';
import { toSubject } from './care-subject.ts';
import * as events from './lifecycle-events.ts';
import { type PodMemory, sandbox } from './pod-memory.ts';
import type { StepRunnerOptions } from './step-runner.ts';

/** Begins the end of an attempt, or makes the time that it has shorter; told when it begins. */
export function stopAttempt(
  { attempt, killAtMs, why }: Step & { do: 'stop' },
  { pod, memory }: { pod: RuntimePod; memory: PodMemory },
  { runtime, care, tell, logger, changed }: Pick<StepRunnerOptions, 'runtime' | 'care' | 'tell' | 'logger' | 'changed'>,
): void {
  const { uid } = pod.pod.metadata;
  const { container } = attempt;
  const subject = toSubject(pod, attempt);
  const preStop = async (signal: AbortSignal) => {
    if (subject === undefined) return;
    const { events: told } = await care.runHook('preStop', subject, signal);
    for (const event of told) tell(uid, container, event);
  };
  const isNew = memory.stopper.stop(attempt.id, killAtMs, {
    preStop: subject?.spec.lifecycle?.preStop === undefined ? undefined : preStop,
    terminate: () => runtime.terminate(pod, attempt),
    // Where news are lost, the end of what was killed is seen all the same.
    kill: () => runtime.kill(pod, attempt).finally(() => changed(uid)),
    onError: (error) => logger.warn({ podUid: uid, container, err: error }, 'cannot end the container yet'),
  });
  if (!isNew) return;
  if (why === 'sandbox-changed' && memory.tellOnce(sandbox, `${pod.sandboxSince}`))
    tell(uid, undefined, events.sandboxChanged);
  tell(uid, container, events.killing(container, why, isRestartedOnFailure(pod, attempt)));
}

function isRestartedOnFailure({ pod }: RuntimePod, { container }: Attempt): boolean {
  const found = declared(pod).find(({ spec }) => spec.name === container);
  return found !== undefined && restartPolicyOf(found.kind, found.spec, pod.spec.restartPolicy) !== 'Never';
}
