import { FolderChanges, InterLinkError } from '@interlink/sidecar-sdk';
import type { PodFolder } from '../folder/pod-folder.ts';
import type { AttemptRecord } from '../folder/pod-record.ts';
import { readAttemptState } from '../folder/read-pod.ts';
import { noRoomExitCode } from '../runner/no-room.ts';
import { startRunner } from './start-runner.ts';
import { endUnstarted } from './take-order.ts';

/** A change of the attempt's folder that was not told is found after this long. */
const recheckMs = 1_000;

/**
 * Starts a runner for an order, and resolves when a runner, this or another, has started the command.
 * @throws InterLinkError in containerd's words when it can't be started; the attempt has its ending then. `resource_exhausted`: there is no room
 * for what a runner writes, and the order stays
 */
export async function startAttempt(
  folder: PodFolder,
  ordered: Pick<AttemptRecord, 'container' | 'number'>,
  now: () => number,
): Promise<void> {
  const { container, number } = ordered;
  const attemptFolder = folder.attempt(container, number);
  using changes = new FolderChanges(attemptFolder);
  const runnerEnd = new AbortController();
  const runner = startRunner(attemptFolder, folder.path);
  runner.once('exit', () => runnerEnd.abort());
  runner.once('error', () => runnerEnd.abort());
  const isOrdered = async () => (await readAttemptState(folder, container, number)).kind === 'ordered';
  for (;;) {
    // Of a runner that is gone, all that it had to say is there.
    const isOver = runnerEnd.signal.aborted;
    if (isOver && runner.exitCode === noRoomExitCode && (await isOrdered())) {
      throw new InterLinkError(
        'resource_exhausted',
        'No space left on device for what is written down of the container',
      );
    }
    // One that ends without having taken the order can't run it, and neither will the next.
    if (isOver) endUnstarted(folder, ordered, now());
    const state = await readAttemptState(folder, container, number);
    if (state.kind === 'ended' && state.ending.reason === 'StartError') {
      throw new InterLinkError('failed_precondition', state.ending.message ?? 'it could not be started');
    }
    if (state.kind === 'ordered' && isOver) throw new InterLinkError('aborted', 'its pod was removed');
    if (isOver || (state.kind !== 'ordered' && state.kind !== 'starting')) return;
    await changes.next(recheckMs, runnerEnd.signal);
  }
}
