import { InterLinkError } from '@interlink/protocol';

/** Exit codes: a wrong use or configuration differs from a failure at work. */
const exitCodes = { success: 0, failure: 1, invalidUse: 2 } as const;

/**
 * Runs a process's main function until it returns or is told to end: by SIGTERM, SIGINT or SIGHUP, or by the end of the IPC channel that
 * its parent gave it, if it did, which comes when the parent dies. Its signal aborts then, and it winds up.
 * A second SIGTERM or SIGINT ends it at once; SIGHUP comes twice where a shell ends with its terminal. What it throws is one line on stderr.
 * A reader of its output that goes away (`… | head`, a terminal that closes) has read what it wanted: the signal aborts, and that is no failure.
 * @returns the exit code, for `process.exit` in `main.ts`
 */
export async function runProcess(name: string, main: (signal: AbortSignal) => Promise<void>): Promise<number> {
  const controller = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => {
    if (controller.signal.aborted) process.kill(process.pid, 'SIGKILL');
    controller.abort(new InterLinkError('cancelled', `Received ${signal}`));
  };
  const onHangUp = () => controller.abort(new InterLinkError('cancelled', 'Received SIGHUP'));
  const onDisconnect = () => controller.abort(new InterLinkError('cancelled', 'The parent process is gone'));
  // It stays: what was written last may be told after the end of `main`.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
    controller.abort(new InterLinkError('cancelled', 'Nobody reads the output any more'));
  });
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  process.on('SIGHUP', onHangUp);
  if (process.connected) process.on('disconnect', onDisconnect);
  try {
    await main(controller.signal);
    return exitCodes.success;
  } catch (error) {
    if (controller.signal.aborted) return exitCodes.success;
    const { code, message } = InterLinkError.from(error);
    process.stderr.write(`${name}: ${message}\n`);
    return code === 'invalid_argument' ? exitCodes.invalidUse : exitCodes.failure;
  } finally {
    process.off('SIGTERM', onSignal);
    process.off('SIGINT', onSignal);
    process.off('SIGHUP', onHangUp);
    process.off('disconnect', onDisconnect);
  }
}
