import { type ClientHttp2Session, type ClientHttp2Stream, connect, type IncomingHttpHeaders } from 'node:http2';
import type { Duplex } from 'node:stream';
import { untilAborted } from '../deadline.ts';
import { kubernetesVersion } from '../kubernetes-version.ts';
import { type GrpcStatus, parseGrpcStatus, statusOfHttp } from './grpc-status.ts';
import { parseHealthResponse, renderHealthRequest } from './health-message.ts';

/** A session over a connection, once the server has said that it speaks HTTP/2. @throws when it does not; the signal's reason */
export async function openSession(socket: Duplex, authority: string, signal: AbortSignal): Promise<ClientHttp2Session> {
  const session = connect(`http://${authority}`, { createConnection: () => socket });
  const settled = Promise.withResolvers<void>();
  session.once('remoteSettings', () => settled.resolve());
  session.on('error', settled.reject);
  session.once('close', () => settled.reject(new Error('connection closed before server preface received')));
  try {
    await untilAborted(settled.promise, signal);
    return session;
  } catch (error) {
    session.destroy();
    socket.destroy();
    throw error;
  }
}

/** More than any answer has. */
const maxAnswerBytes = 64 * 1_024;

export interface HealthAnswer {
  readonly status: GrpcStatus;
  /** With status `OK`: what the server says of the service. */
  readonly serving: string;
}

/** Asks about a service; the empty one is the whole server. @throws Error when the call breaks off; the signal's reason */
export async function checkHealth(
  session: ClientHttp2Session,
  service: string,
  signal: AbortSignal,
): Promise<HealthAnswer> {
  const stream = session.request({
    ':method': 'POST',
    ':path': '/grpc.health.v1.Health/Check',
    'content-type': 'application/grpc',
    te: 'trailers',
    'user-agent': `kube-probe/${kubernetesVersion}`,
  });
  stream.end(renderHealthRequest(service));
  const { status, data } = await untilAborted(readAnswer(stream, session), signal);
  return { status, serving: status.code === 'OK' ? parseHealthResponse(data) : '' };
}

async function readAnswer(
  stream: ClientHttp2Stream,
  session: ClientHttp2Session,
): Promise<{ status: GrpcStatus; data: Buffer }> {
  const ended = Promise.withResolvers<void>();
  const chunks: Buffer[] = [];
  let bytes = 0;
  let status: GrpcStatus | undefined;
  let httpStatus = 0;
  const take = (headers: IncomingHttpHeaders) => {
    status ??= parseGrpcStatus(headers);
  };
  stream.on('response', (headers) => {
    httpStatus = headers[':status'] ?? 0;
    take(headers);
  });
  stream.on('trailers', take);
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxAnswerBytes) stream.destroy(new Error('the answer is too long'));
    else chunks.push(chunk);
  });
  stream.once('close', () => ended.resolve());
  stream.on('error', ended.reject);
  session.on('error', ended.reject);
  await ended.promise;
  if (httpStatus === 0) throw new Error('error reading from server: EOF');
  return { status: status ?? statusOfHttp(httpStatus), data: Buffer.concat(chunks) };
}
