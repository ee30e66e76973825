/**
 * A create that may have had an effect which nobody can see yet. v1 has no idempotent create: sent twice, it would make two jobs. So
 * another one is sent only after an answer to a `/status` that was asked late enough and does not have the pod.
 */
export interface CreateDoubt {
  /** A good answer without the pod, or one that names it as it would name any (see `EmptyEntries`), ends the doubt if it was asked for at this time or later. Milliseconds since the epoch, as all here. */
  readonly absentFromMs: number;
  /**
   * So does an error for this pod, which is how some plugins answer for pods that they don't know, while they answer well for others. It says
   * less, so that it is waited for longer.
   */
  readonly failedFromMs: number;
}

/** The plugin has answered a create with an error. */
export function doubtOfRefusal(nowMs: number, settleMs: number): CreateDoubt {
  return { absentFromMs: nowMs, failedFromMs: nowMs + settleMs };
}

/** The answer to a create was lost, or can't be read: the plugin may be at it still. */
export function doubtOfSilence(nowMs: number, settleMs: number): CreateDoubt {
  return { absentFromMs: nowMs + settleMs, failedFromMs: nowMs + settleMs };
}

/** By how much the clocks of the cluster and of this machine may differ, when a process starts again at once. */
const clockSkewMs = 5_000;

/**
 * A process before this one may have sent the pod and died of it, unless the pod was created after this one had started. A time that is
 * still to come shows that the clocks differ, and says nothing.
 */
export function doubtOfStart(
  creationTimestamp: string | undefined,
  { startedMs, nowMs, settleMs }: { startedMs: number; nowMs: number; settleMs: number },
): CreateDoubt | undefined {
  const createdMs = Date.parse(creationTimestamp ?? '');
  if (createdMs > startedMs + clockSkewMs && createdMs <= nowMs) return undefined;
  return doubtOfSilence(startedMs, settleMs);
}

/** Whether an answer without the pod ends the doubt. */
export function endsDoubt(
  doubt: CreateDoubt,
  { askedMs, isFailure }: { readonly askedMs: number; readonly isFailure: boolean },
): boolean {
  return askedMs >= (isFailure ? doubt.failedFromMs : doubt.absentFromMs);
}
