import type { Readable, Writable } from 'node:stream';
import type { InterLinkError } from '../errors/interlink-error.ts';

/** Which streams a caller wants of a container's process: `kubectl attach`. With `tty` there is no stderr: all comes on stdout. */
export interface AttachOptions {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

/** What to run in a container, and which streams the caller wants of it: `kubectl exec`. */
export interface ExecOptions extends AttachOptions {
  /** The program and its arguments; no shell looks at them. */
  readonly command: ReadonlyArray<string>;
}

/** In characters. */
export interface TerminalSize {
  readonly width: number;
  readonly height: number;
}

/** How a command ended. An attached container's exit code is read from the pod's status instead: attaching ends with 0. */
export type CommandEnd = { readonly exitCode: number; readonly error?: undefined } | { readonly error: InterLinkError };

/**
 * A command that runs in a container, as its caller holds it. The same shape on every hop: what a backend hands out, what a
 * client of InterLink gets, what the kubelet port connects its own client to.
 */
export interface RemoteCommand {
  /** `end()` is end-of-file for the command. Undefined when it was not asked for, as are the others. */
  readonly stdin: Writable | undefined;
  readonly stdout: Readable | undefined;
  readonly stderr: Readable | undefined;
  /** Without `tty` it does nothing. */
  resize(size: TerminalSize): void;
  /** Resolves when the command has ended and all of its output can be read; never rejects. */
  readonly ended: Promise<CommandEnd>;
  /** The caller leaves: an executed command is hung up on, an attached container runs on. */
  close(): void;
}
