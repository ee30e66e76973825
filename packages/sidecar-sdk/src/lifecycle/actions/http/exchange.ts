import { type IncomingMessage, request } from 'node:http';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { limitText, maxTextBytes } from '../limit-text.ts';
import type { HttpLocation } from './location.ts';
import type { RequestHeaders } from './request-headers.ts';

/** An answer has begun. */
export interface HttpResponse {
  readonly status: number;
  readonly redirect: string | undefined;
  /** Reads the beginning of the body, and hangs up. @throws when it breaks off */
  readBody(): Promise<string>;
  /** Hangs up. */
  discard(): void;
}

/** The other side speaks, but not TLS. */
export class NotTlsError extends Error {
  override readonly name = 'NotTlsError';

  constructor() {
    super('http: server gave HTTP response to HTTPS client');
  }
}

/** TLS on the connection; the certificate is not looked at, as pods' own are signed by nobody we know. @throws NotTlsError */
export async function secure(socket: Duplex, hostname: string): Promise<Duplex> {
  const settled = Promise.withResolvers<void>();
  const servername = isIP(hostname) === 0 ? { servername: hostname } : {};
  const tls = connectTls({ socket, rejectUnauthorized: false, ...servername });
  tls.once('secureConnect', settled.resolve);
  tls.on('error', settled.reject);
  tls.once('close', () => settled.reject(new Error('EOF')));
  try {
    await settled.promise;
    return tls;
  } catch (error) {
    tls.destroy();
    socket.destroy();
    if (hasCode(error, 'ERR_SSL_WRONG_VERSION_NUMBER')) throw new NotTlsError();
    throw error;
  }
}

/** Sends one GET on a connection of its own, which ends it when it is destroyed, and waits for the answer's head. @throws Error in the words of Go's client */
export async function exchange(socket: Duplex, location: HttpLocation, headers: RequestHeaders): Promise<HttpResponse> {
  const answered = Promise.withResolvers<IncomingMessage>();
  try {
    // An array, so that fields of the same name are sent as they are.
    const fields = [['Host', headers.host ?? location.authority], ...headers.fields].flat();
    const sent = request({ createConnection: () => socket, path: location.path, headers: fields });
    sent.once('response', answered.resolve);
    sent.once('upgrade', answered.resolve);
    sent.on('error', answered.reject);
    sent.once('close', () => answered.reject(new Error('EOF')));
    sent.end();
    const response = await answered.promise;
    response.on('error', () => undefined);
    const { statusCode: status = 0, headers: received } = response;
    const discard = () => void socket.destroy();
    return { status, redirect: received.location, readBody: async () => await readBody(response, socket), discard };
  } catch (error) {
    socket.destroy();
    throw new Error(describe(error), { cause: error });
  }
}

async function readBody(response: IncomingMessage, socket: Duplex): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > maxTextBytes) break;
    }
    return limitText(Buffer.concat(chunks));
  } catch (error) {
    throw new Error('unexpected EOF', { cause: error });
  } finally {
    socket.destroy();
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message === 'socket hang up') return 'EOF';
  if (hasCode(error, 'ECONNRESET')) return 'read: connection reset by peer';
  if (hasCode(error, 'EPIPE')) return 'write: broken pipe';
  if ('code' in error && typeof error.code === 'string' && error.code.startsWith('HPE_')) {
    return 'net/http: HTTP/1.x transport connection broken: malformed HTTP response';
  }
  return error.message;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
