import type { Duplex } from 'node:stream';
import {
  joinConnections,
  PortConnection,
  parseAttachQuery,
  parseExecQuery,
  parsePortQuery,
  type RemoteCommand,
  serveCommand,
} from '@interlink/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { PodStreams } from '../pods/pod-streams.ts';
import { containerOf, ownerPrefix, podOf, queryOf } from './path.ts';
import { serveWebSocket } from './web-socket.ts';

/** Exec, attach and port-forward: each a WebSocket, refused with an ordinary answer. `endOf` says when one must end. */
export function serveStreams(
  app: FastifyInstance,
  streams: PodStreams,
  endOf: (request: FastifyRequest) => AbortSignal,
): void {
  app.get(`${ownerPrefix}/pods/:uid/containers/:container/exec`, async (request, reply) => {
    const target = { ...podOf(request), container: containerOf(request) };
    const options = parseExecQuery(queryOf(request));
    return await answer(request, reply, async (signal) => await streams.exec(target, options, signal));
  });

  app.get(`${ownerPrefix}/pods/:uid/containers/:container/attach`, async (request, reply) => {
    const target = { ...podOf(request), container: containerOf(request) };
    const options = parseAttachQuery(queryOf(request));
    return await answer(request, reply, async (signal) => await streams.attach(target, options, signal));
  });

  app.get(`${ownerPrefix}/pods/:uid/portforward`, async (request, reply) => {
    const pod = podOf(request);
    const port = parsePortQuery(queryOf(request));
    await serveWebSocket<Duplex>(request, reply, {
      open: async (signal) => await streams.portForward(pod, port, signal),
      serve: async (socket, connection) => {
        const over = endOf(request);
        const end = () => void connection.destroy();
        over.addEventListener('abort', end, { once: true });
        await joinConnections(new PortConnection(socket), connection);
        over.removeEventListener('abort', end);
      },
      discard: (connection) => void connection.on('error', () => undefined).destroy(),
    });
    return reply;
  });

  async function answer(
    request: FastifyRequest,
    reply: FastifyReply,
    open: (signal: AbortSignal) => Promise<RemoteCommand>,
  ): Promise<FastifyReply> {
    await serveWebSocket(request, reply, {
      open,
      serve: async (socket, command) => await serveCommand(socket, command, endOf(request)),
      discard: (command) => command.close(),
    });
    return reply;
  }
}
