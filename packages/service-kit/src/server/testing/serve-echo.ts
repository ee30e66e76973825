import type { FastifyInstance } from 'fastify';
import { takeUpgrade } from '../upgrades.ts';

/** A route that takes the connection, and gives back what comes. */
export function serveEcho(app: FastifyInstance, path: string): void {
  app.get(path, async (request, reply) => {
    const { socket, head } = takeUpgrade(request, reply);
    socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n');
    socket.unshift(head);
    socket.pipe(socket);
    return reply;
  });
}
