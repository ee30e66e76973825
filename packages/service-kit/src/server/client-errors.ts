import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { InterLinkError, problemContentType, toProblem } from '@interlink/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** What is no request, or does not become one in time, is answered as a problem, too, and hung up on. */
export function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const { status, refusal } = refusalOf(error.code);
  const body = JSON.stringify(toProblem(refusal, status));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `content-type: ${problemContentType}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  // In the middle of another answer it would be taken for a part of that.
  if (socket.writable && socket.bytesWritten === 0) socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  socket.destroySoon();
}

function refusalOf(code: string | undefined): { status: number; refusal: InterLinkError } {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return { status: 408, refusal: new InterLinkError('deadline_exceeded', 'The request did not come in time') };
  if (code === 'HPE_HEADER_OVERFLOW')
    return { status: 431, refusal: new InterLinkError('out_of_range', "The request's headers are too large") };
  return { status: 400, refusal: new InterLinkError('invalid_argument', 'That is no HTTP request') };
}

/** A path that can't be decoded meets no route and no hook: whoever sends it learns nothing else. */
export function answerBadPath(_error: Error, _request: FastifyRequest, reply: FastifyReply): void {
  const problem = toProblem(new InterLinkError('invalid_argument', 'The path can not be decoded'));
  reply.code(problem.status).type(problemContentType).send(problem);
}
