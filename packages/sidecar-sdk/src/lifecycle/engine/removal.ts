import { InterLinkError } from '@interlink/protocol';
import type { Attempt, RuntimePod } from '../container-runtime.ts';
import type { StepRunnerOptions } from './step-runner.ts';

type RemovalOptions = Pick<StepRunnerOptions, 'runtime' | 'logger' | 'clock' | 'gone'>;

const firstRetryMs = 500;
const lastRetryMs = 30_000;

/** One try. @returns why it is still there; undefined when it is gone */
export async function removeAttempt(
  attempt: Attempt,
  pod: RuntimePod,
  { runtime, logger }: RemovalOptions,
): Promise<string | undefined> {
  const { container } = attempt;
  try {
    await runtime.removeAttempt(pod, attempt);
    return undefined;
  } catch (error) {
    logger.warn({ podUid: pod.pod.metadata.uid, container, err: error }, 'cannot remove an old attempt');
    return InterLinkError.from(error).message;
  }
}

/** Until everything is gone, through whatever fails on the way. */
export async function removePod(pod: RuntimePod, { runtime, logger, clock, gone }: RemovalOptions): Promise<void> {
  const { uid } = pod.pod.metadata;
  for (let waitMs = firstRetryMs; ; waitMs = Math.min(waitMs * 2, lastRetryMs)) {
    try {
      await runtime.remove(pod);
      gone(uid);
      return;
    } catch (error) {
      logger.warn({ podUid: uid, err: error }, 'cannot remove the pod yet');
      await new Promise<void>((resolve) => clock.setTimer(waitMs, resolve));
    }
  }
}
