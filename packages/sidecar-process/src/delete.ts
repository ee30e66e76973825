import type { Logger, PodLifecycle } from '@interlink/sidecar-sdk';
import { PodFolder, type StopOrder } from './folder/pod-folder.ts';
import { readJson } from './folder/read-json.ts';
import { isNoRoom } from './runner/no-room.ts';
import { writeWhole } from './runner/whole-file.ts';
import type { ProcessRuntime } from './runtime/process-runtime.ts';

export interface DeleteOptions {
  readonly podsFolder: string;
  readonly runtime: Pick<ProcessRuntime, 'unwrittenStops'>;
  readonly lifecycle: Pick<PodLifecycle, 'cancel' | 'nudge'>;
  readonly logger: Pick<Logger, 'warn'>;
  readonly now: () => number;
}

/**
 * Orders the pod's end, in its folder, so that the order outlives this process. On a full disk it is remembered instead: pods have to go
 * before there is room, and whoever comes after this process is asked again. A pod that is not there is a success.
 */
export async function deletePod(options: DeleteOptions, uid: string, gracePeriodSeconds: number): Promise<void> {
  const folder = new PodFolder(options.podsFolder, uid);
  const { unwrittenStops } = options.runtime;
  const before = (await readJson<StopOrder>(folder.stop)) ?? unwrittenStops.get(uid);
  const order = stopOrder(before, gracePeriodSeconds, options.now());
  try {
    writeWhole(folder.stop, order);
    unwrittenStops.delete(uid);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    if (!isNoRoom(error)) throw error;
    options.logger.warn(
      { podUid: uid, err: error },
      'cannot note the pod’s deletion: it is forgotten when this process ends first',
    );
    unwrittenStops.set(uid, order);
  }
  await options.lifecycle.cancel(uid);
  options.lifecycle.nudge(uid);
}

/** A later delete may shorten the grace period, never lengthen it. */
export function stopOrder(before: StopOrder | undefined, gracePeriodSeconds: number, nowMs: number): StopOrder {
  const killAtMs = nowMs + gracePeriodSeconds * 1_000;
  if (before === undefined) return { cause: 'deleted', orderedAtMs: nowMs, killAtMs };
  return { ...before, killAtMs: Math.min(before.killAtMs, killAtMs) };
}
