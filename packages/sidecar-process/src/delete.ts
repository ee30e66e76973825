import type { PodLifecycle } from '@interlink/sidecar-sdk';
import { PodFolder, type StopOrder } from './folder/pod-folder.ts';
import { readJson } from './folder/read-json.ts';
import { writeWhole } from './runner/whole-file.ts';

export interface DeleteOptions {
  readonly podsFolder: string;
  readonly lifecycle: PodLifecycle;
  readonly now: () => number;
}

/** Orders the pod's end, in its folder, so that the order outlives this process. A pod that is not there is a success. */
export async function deletePod(options: DeleteOptions, uid: string, gracePeriodSeconds: number): Promise<void> {
  const folder = new PodFolder(options.podsFolder, uid);
  const before = await readJson<StopOrder>(folder.stop);
  try {
    writeWhole(folder.stop, stopOrder(before, gracePeriodSeconds, options.now()));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw error;
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
