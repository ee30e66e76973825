import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@interlink/sidecar-sdk';
import type { EngineStreams } from '../engine/engine-streams.ts';
import { findLocalProcess } from './local-process.ts';

/** A command that does not heed the hang-up is killed after this long. */
const graceMs = 2_000;

/**
 * Ends an executed command that its caller has left. The Engine API has no call for that: its process is signalled from here,
 * which needs the engine on this machine and the right to do so. Elsewhere the end of its input must do; the pod's end ends it anyway.
 */
export async function hangUp(
  exec: { readonly id: string; readonly containerId: string },
  streams: EngineStreams,
  logger: Logger,
): Promise<void> {
  try {
    const { isRunning, pid } = await streams.inspectExec(exec.id);
    const found = isRunning ? await findLocalProcess(pid, exec.containerId) : undefined;
    if (found === undefined) return;
    // The engine starts each command in a session of its own.
    process.kill(-found.pid, 'SIGHUP');
    await delay(graceMs, undefined, { ref: false });
    const left = await findLocalProcess(pid, exec.containerId);
    if (left?.pid === found.pid && left.startTime === found.startTime) process.kill(-found.pid, 'SIGKILL');
  } catch (error) {
    logger.debug({ err: error }, 'a command that its caller left could not be signalled');
  }
}
