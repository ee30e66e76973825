/**
 * SPDY/3.1 framing (https://datatracker.ietf.org/doc/html/draft-mbelshe-httpbis-spdy-00#section-2.2), as much of it as a server
 * needs whose peers are made like https://github.com/moby/spdystream: no settings, no flow control.
 */
export const frameTypes = {
  synStream: 1,
  synReply: 2,
  rstStream: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  headers: 8,
  windowUpdate: 9,
} as const;

/** Why a stream is reset. */
export const resetStatus = { protocolError: 1, refusedStream: 3, cancel: 5, internalError: 6 } as const;

/** A data frame of ours is never longer: streams of one connection take turns. */
export const maxDataBytes = 64 * 1024;

const version = 0x8003;
const finFlag = 0x01;
export const frameHeaderBytes = 8;

export type Frame =
  /** A part of a data frame; `isLast` is set on the last part of the stream's last one. */
  | { readonly kind: 'data'; readonly streamId: number; readonly payload: Buffer; readonly isLast: boolean }
  | { readonly kind: 'synStream'; readonly streamId: number; readonly block: Buffer; readonly isLast: boolean }
  | { readonly kind: 'rstStream'; readonly streamId: number; readonly status: number }
  | { readonly kind: 'ping'; readonly id: number }
  /** SYN_REPLY and HEADERS: of no interest, but the decompressor must see each block. */
  | { readonly kind: 'headers'; readonly streamId: number; readonly block: Buffer; readonly isLast: boolean }
  | { readonly kind: 'goAway' }
  /** SETTINGS and WINDOW_UPDATE. */
  | { readonly kind: 'ignored' };

/** The peer does not keep to the protocol: the connection is of no use any more. */
export class SpdyError extends Error {
  override readonly name = 'SpdyError';
}

/** What the first eight bytes of a frame say. */
export interface FrameHeader {
  /** Undefined for a data frame. */
  readonly type: number | undefined;
  /** Of a data frame. */
  readonly streamId: number;
  readonly isFin: boolean;
  readonly length: number;
}

/** @throws SpdyError for another version */
export function parseFrameHeader(bytes: Buffer): FrameHeader {
  const isFin = ((bytes[4] ?? 0) & finFlag) !== 0;
  const length = bytes.readUIntBE(5, 3);
  const isControl = ((bytes[0] ?? 0) & 0x80) !== 0;
  if (!isControl) return { type: undefined, streamId: bytes.readUInt32BE(0), isFin, length };
  if (bytes.readUInt16BE(0) !== version) throw new SpdyError(`SPDY version ${bytes.readUInt16BE(0) & 0x7fff} is not 3`);
  return { type: bytes.readUInt16BE(2), streamId: 0, isFin, length };
}

/** Reads a whole control frame. @throws SpdyError for one of unknown type, or that is too short */
export function parseControlFrame({ type, isFin }: FrameHeader, payload: Buffer): Frame {
  switch (type) {
    case frameTypes.synStream:
      return { kind: 'synStream', streamId: idAt(payload, 0), block: rest(payload, 10), isLast: isFin };
    case frameTypes.rstStream:
      return { kind: 'rstStream', streamId: idAt(payload, 0), status: wordAt(payload, 4) };
    case frameTypes.ping:
      return { kind: 'ping', id: wordAt(payload, 0) };
    case frameTypes.synReply:
    case frameTypes.headers:
      return { kind: 'headers', streamId: idAt(payload, 0), block: rest(payload, 4), isLast: isFin };
    case frameTypes.goAway:
      return { kind: 'goAway' };
    case frameTypes.settings:
    case frameTypes.windowUpdate:
      return { kind: 'ignored' };
    default:
      throw new SpdyError(`SPDY frame type ${type} is unknown`);
  }
}

/** The eight bytes before a payload of data. */
export function renderDataHeader(streamId: number, length: number, options: { isLast: boolean }): Buffer {
  const header = Buffer.allocUnsafe(frameHeaderBytes);
  header.writeUInt32BE(streamId, 0);
  header[4] = options.isLast ? finFlag : 0;
  header.writeUIntBE(length, 5, 3);
  return header;
}

export function renderSynReply(streamId: number, block: Buffer): Buffer {
  return renderControl(frameTypes.synReply, uint32(streamId), block);
}

export function renderReset(streamId: number, status: number): Buffer {
  return renderControl(frameTypes.rstStream, uint32(streamId), uint32(status));
}

export function renderPing(id: number): Buffer {
  return renderControl(frameTypes.ping, uint32(id));
}

/** Says that no more streams are taken. A peer may stop to read at it: it goes last. */
export function renderGoAway(lastStreamId: number): Buffer {
  return renderControl(frameTypes.goAway, uint32(lastStreamId), uint32(0));
}

export function renderControl(type: number, ...payload: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(frameHeaderBytes);
  header.writeUInt16BE(version, 0);
  header.writeUInt16BE(type, 2);
  header.writeUIntBE(
    payload.reduce((sum, part) => sum + part.length, 0),
    5,
    3,
  );
  return Buffer.concat([header, ...payload]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function idAt(payload: Buffer, at: number): number {
  return wordAt(payload, at) & 0x7fffffff;
}

function wordAt(payload: Buffer, at: number): number {
  assertLength(payload, at + 4);
  return payload.readUInt32BE(at);
}

function rest(payload: Buffer, from: number): Buffer {
  assertLength(payload, from);
  return payload.subarray(from);
}

function assertLength(payload: Buffer, wanted: number): void {
  if (payload.length < wanted) throw new SpdyError(`SPDY control frame of ${payload.length} bytes is too short`);
}
