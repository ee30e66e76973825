import type { PodFolder } from '../folder/pod-folder.ts';
import type { AttemptRecord, KnownState, LostState, PodRecord } from '../folder/pod-record.ts';
import { readJson } from '../folder/read-json.ts';
import { isNoRoom } from '../runner/no-room.ts';
import type { Child, Ending } from '../runner/records.ts';
import { writeOnce } from '../runner/whole-file.ts';
import { signalGroup } from './signal-group.ts';

/** Ends what attempts have left whose runner is gone without a word, and writes their end down in its place. */
export async function buryLost(folder: PodFolder, record: PodRecord, nowMs: number): Promise<PodRecord<KnownState>> {
  const attempts = await Promise.all(
    record.attempts.map(async (attempt) => {
      const { state } = attempt;
      return { ...attempt, state: state.kind === 'lost' ? await bury(folder, attempt, state, nowMs) : state };
    }),
  );
  return { ...record, attempts };
}

async function bury(
  folder: PodFolder,
  { container, number }: AttemptRecord,
  { child }: LostState,
  nowMs: number,
): Promise<KnownState> {
  if (child !== undefined) signalGroup(child.process, 'SIGKILL');
  const file = folder.attemptFile(container, number, 'ending');
  const loss = lossOf(child, nowMs);
  try {
    writeOnce(file, loss);
  } catch (error) {
    // Written down when there is room: what is known of the pod must be told, and it must be possible to remove it.
    if (!isNoRoom(error)) throw error;
  }
  // Whoever was first has the word.
  return { kind: 'ended', ending: (await readJson<Ending>(file)) ?? loss };
}

function lossOf(child: Child | undefined, nowMs: number): Ending {
  return {
    exitCode: 137,
    reason: 'ContainerStatusUnknown',
    message: 'The process that ran the container was lost: its exit code is not known',
    ...(child === undefined ? {} : { startedAt: child.startedAt }),
    finishedAt: new Date(nowMs).toISOString(),
  };
}
