import { type CommandEnd, InterLinkError, type RemoteCommand } from '@interlink/protocol';
import type { PodStreams } from '../provider.ts';

/** What a user is told whose command outlives the process that carried it. */
function stopEnd(): CommandEnd {
  return { error: new InterLinkError('unavailable', 'The virtual kubelet stops: the stream is closed, connect again') };
}

/** The same streams, each of which ends when `stopping` aborts, with a word for its user. */
export function untilStopped(streams: PodStreams, stopping: AbortSignal): PodStreams {
  const { exec, attach, portForward } = streams;
  const endedBy = (signal: AbortSignal) => AbortSignal.any([signal, stopping]);
  return {
    ...(exec && {
      exec: async (uid, container, options, signal) =>
        tellEnd(await exec.call(streams, uid, container, options, endedBy(signal)), stopping),
    }),
    ...(attach && {
      attach: async (uid, container, options, signal) =>
        tellEnd(await attach.call(streams, uid, container, options, endedBy(signal)), stopping),
    }),
    ...(portForward && {
      portForward: async (uid, port, signal) => await portForward.call(streams, uid, port, endedBy(signal)),
    }),
  };
}

function tellEnd(command: RemoteCommand, stopping: AbortSignal): RemoteCommand {
  return {
    stdin: command.stdin,
    stdout: command.stdout,
    stderr: command.stderr,
    resize: (size) => command.resize(size),
    ended: command.ended.then((end) => (stopping.aborted ? stopEnd() : end)),
    close: () => command.close(),
  };
}
