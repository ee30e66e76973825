import { setTimeout as delay } from 'node:timers/promises';
import type Docker from 'dockerode';

const killedCode = 137;
/** The engine hears of the kernel's out-of-memory killer beside the container's end, and on a busy machine after it. */
const verdictMs = 200;
const undecidedForMs = 1_000;

/** Inspects a container; one that has just been killed, and had a limit of memory, once more after the engine had time to hear why. */
export async function inspectSettled(
  inspect: () => Promise<Docker.ContainerInspectInfo>,
  now: () => number = Date.now,
): Promise<Docker.ContainerInspectInfo> {
  const first = await inspect();
  if (!isUndecided(first, now())) return first;
  await delay(verdictMs);
  return await inspect();
}

function isUndecided({ State: state, HostConfig: host }: Docker.ContainerInspectInfo, nowMs: number): boolean {
  const wasKilled = state.Status === 'exited' && state.ExitCode === killedCode && !state.OOMKilled;
  return wasKilled && (host.Memory ?? 0) > 0 && nowMs < Date.parse(state.FinishedAt) + undecidedForMs;
}
