import type { WebSocket } from 'ws';
import type { TerminalSize } from './remote-command.ts';

/** The WebSocket subprotocol of exec, attach and port-forward: a message is one byte of channel and its payload. */
export const streamProtocol = 'v5.channel.k8s.io';

/**
 * The channels of Kubernetes' remote command protocol
 * (https://pkg.go.dev/k8s.io/apimachinery/pkg/util/remotecommand, `StreamStdIn` and its siblings).
 */
export const channels = { stdin: 0, stdout: 1, stderr: 2, status: 3, resize: 4, close: 255 } as const;

/** Of a forwarded connection: bytes both ways, and why the other end of it broke. */
export const portChannels = { data: 0, error: 1, close: 255 } as const;

/** Longer chunks are sent in parts. */
export const maxChunkBytes = 64 * 1024;

/** Both ends' settings of a WebSocket. */
export const webSocketLimits = {
  perMessageDeflate: false,
  /** The longest message that is taken; peers of other make send whatever they have read at once. */
  maxPayload: 4 * 1024 * 1024,
  /** Milliseconds that a peer may take to read on to the end of what it was sent; one that is dead is found out by its silence. */
  closeTimeout: 600_000,
} as const;

export interface Frame {
  readonly channel: number;
  /** A view of the message. */
  readonly payload: Buffer;
}

export function renderFrame(channel: number, payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(payload.length + 1);
  frame[0] = channel;
  frame.set(payload, 1);
  return frame;
}

/** Undefined for an empty message, which says nothing. */
export function parseFrame(message: Buffer): Frame | undefined {
  const [channel] = message;
  return channel === undefined ? undefined : { channel, payload: message.subarray(1) };
}

/** How frames are messages. */
export interface ChannelFraming {
  /** Undefined for what is no frame. */
  parse(message: Buffer, options: { isBinary: boolean }): Frame | undefined;
  /** Sends what {@link renderFrame} made. */
  send(socket: WebSocket, message: Buffer, done: () => void): void;
}

export const binaryFraming: ChannelFraming = {
  parse: (message, { isBinary }) => (isBinary ? parseFrame(message) : undefined),
  send: (socket, message, done) => socket.send(message, { binary: true }, done),
};

/** Nothing more will come on this channel: end-of-file. */
export function renderHalfClose(channel: number): Buffer {
  return Buffer.of(channels.close, channel);
}

export function renderResize({ width, height }: TerminalSize): Buffer {
  return renderFrame(channels.resize, Buffer.from(JSON.stringify({ Width: width, Height: height })));
}

/** Kubernetes' `TerminalSize`, whose numbers have 16 bits; undefined for anything else. */
export function parseResize(payload: Buffer): TerminalSize | undefined {
  try {
    const { Width: width, Height: height } = JSON.parse(payload.toString('utf8')) as Record<string, unknown>;
    return isLength(width) && isLength(height) ? { width, height } : undefined;
  } catch {
    return undefined;
  }
}

function isLength(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 16;
}
