import type { Readable, Writable } from 'node:stream';
import type { CommandEnd, TerminalSize } from '@interlink/protocol';

/** Who runs a command or attaches to a container through the kubelet port, whatever protocol it speaks. */
export interface CommandCaller {
  /** Ends when the caller has no more input. Undefined when it has none to send, as are the others. */
  readonly stdin: Readable | undefined;
  readonly stdout: Writable | undefined;
  readonly stderr: Writable | undefined;
  /** Called with the terminal's size as it changes; what came before the listener, too. */
  onResize(listener: (size: TerminalSize) => void): void;
  /** Tells how the command ended, then says goodbye. The outputs are over by then. */
  finish(end: CommandEnd): void;
  /** Aborts when the caller has left, or when all has been said. */
  readonly gone: AbortSignal;
}
