/**
 * The two messages of `grpc.health.v1.Health/Check`, each of one field, in protobuf inside gRPC's frame of five bytes
 * (https://github.com/grpc/grpc/blob/master/doc/health-checking.md, doc/PROTOCOL-HTTP2.md). Too little for a library.
 */
export const servingStatuses = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'] as const;

const frameBytes = 5;

/** `HealthCheckRequest{service}` in its frame. */
export function renderHealthRequest(service: string): Buffer {
  const name = Buffer.from(service);
  const message = name.length === 0 ? name : Buffer.concat([Buffer.from([0x0a, ...renderVarint(name.length)]), name]);
  const frame = Buffer.alloc(frameBytes);
  frame.writeUInt32BE(message.length, 1);
  return Buffer.concat([frame, message]);
}

/** The status in a framed `HealthCheckResponse`, by name, or the number where it has none. @throws Error when it is none */
export function parseHealthResponse(data: Buffer): string {
  if (data.length < frameBytes) throw new Error('the answer has no message');
  if (data[0] !== 0) throw new Error('the answer is compressed, which was not offered');
  const message = data.subarray(frameBytes, frameBytes + data.readUInt32BE(1));
  let status = 0;
  for (let at = 0; at < message.length; ) {
    const key = readVarint(message, at);
    const value = readVarint(message, key.end);
    if (key.value === 0x08) status = value.value;
    at = afterField(key.value & 7, value);
  }
  return servingStatuses[status] ?? String(status);
}

interface Varint {
  readonly value: number;
  /** Where the next byte is. */
  readonly end: number;
}

/** Fields of later versions of the message are stepped over. */
function afterField(wireType: number, value: Varint): number {
  if (wireType === 0) return value.end;
  if (wireType === 2) return value.end + value.value;
  throw new Error(`the answer has a field of wire type ${wireType}`);
}

function renderVarint(value: number): number[] {
  const bytes: number[] = [];
  for (; value > 0x7f; value >>>= 7) bytes.push((value & 0x7f) | 0x80);
  return [...bytes, value];
}

function readVarint(data: Buffer, start: number): Varint {
  let value = 0;
  for (let at = start, factor = 1; at < data.length && at < start + 10; at += 1, factor *= 128) {
    const byte = data[at] ?? 0;
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return { value, end: at + 1 };
  }
  throw new Error('the answer breaks off');
}
