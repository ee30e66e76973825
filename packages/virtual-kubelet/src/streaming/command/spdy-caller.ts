import type { Duplex } from 'node:stream';
import type { AttachOptions } from '@interlink/protocol';
import { SpdyConnection } from '../spdy/connection.ts';
import type { SpdyStream } from '../spdy/stream.ts';
import type { StreamTimeouts } from '../stream-timeouts.ts';
import type { CommandCaller } from './command-caller.ts';
import { renderStatus } from './status-text.ts';
import { TerminalSizes } from './terminal-sizes.ts';

/**
 * Versions of the remote command protocol over SPDY. Version 5 differs over WebSockets only.
 * https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apimachinery/pkg/util/remotecommand/constants.go
 */
export const spdyCommandProtocols = ['v4.channel.k8s.io', 'v3.channel.k8s.io', 'v2.channel.k8s.io', 'channel.k8s.io'];

const maxStreams = 5;
/** Of stdin that the command does not read. */
const bufferedBytes = 4 * 1024 * 1024;

export interface SpdyCallerOptions extends StreamTimeouts {
  readonly protocol: string;
  readonly streams: AttachOptions;
}

/**
 * The caller at the other end of an upgraded connection, once it has opened all the streams that it asked for; undefined when it
 * leaves before, or takes too long. `over` settles when nothing of the connection is left.
 */
export function connectSpdyCaller(
  socket: Duplex,
  options: SpdyCallerOptions,
): { caller: Promise<CommandCaller | undefined>; over: Promise<void> } {
  const wanted = wantedStreams(options);
  const opened = new Map<string, SpdyStream>();
  const ready = Promise.withResolvers<CommandCaller | undefined>();
  const gone = new AbortController();
  const connection = new SpdyConnection(socket, {
    maxStreams,
    bufferedBytes,
    idleTimeoutMs: options.idleTimeoutMs,
    onStream: (stream) => {
      const type = stream.headers.get('streamtype')?.toLowerCase() ?? '';
      if (!wanted.has(type) || opened.has(type)) return stream.refuse();
      opened.set(type, stream);
      stream.accept();
      if (opened.size === wanted.size) ready.resolve(toCaller(opened, options.protocol, connection, gone.signal));
    },
  });
  const late = setTimeout(() => socket.destroy(), options.creationTimeoutMs);
  void ready.promise.then(() => clearTimeout(late));
  const over = connection.run().finally(() => {
    ready.resolve(undefined);
    gone.abort();
  });
  return { caller: ready.promise, over };
}

function wantedStreams({ streams, protocol }: SpdyCallerOptions): Set<string> {
  const hasResize = streams.tty && /^v[345]\./.test(protocol);
  const names = { stdin: streams.stdin, stdout: streams.stdout, stderr: streams.stderr, resize: hasResize };
  return new Set(['error', ...Object.entries(names).flatMap(([name, isWanted]) => (isWanted ? [name] : []))]);
}

function toCaller(
  streams: ReadonlyMap<string, SpdyStream>,
  protocol: string,
  connection: SpdyConnection,
  gone: AbortSignal,
): CommandCaller {
  const sizes = new TerminalSizes();
  streams.get('resize')?.on('data', (chunk: Buffer) => sizes.take(chunk));
  // Nothing comes on these: reading notices their ends.
  for (const name of ['error', 'stdout', 'stderr']) streams.get(name)?.resume();
  return {
    stdin: streams.get('stdin'),
    stdout: streams.get('stdout'),
    stderr: streams.get('stderr'),
    onResize: (listener) => sizes.listen(listener),
    finish: (end) => {
      const error = streams.get('error');
      if (error === undefined || error.destroyed) return connection.close();
      error.end(renderStatus(protocol, end), () => connection.close());
    },
    gone,
  };
}
