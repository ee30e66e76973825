import { chmod, mkdir, stat, unlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { Server as TlsServer } from 'node:tls';
import { InterLinkError, parseTarget } from '@interlink/protocol';
import type { FastifyInstance } from 'fastify';

/**
 * Listens on `http://host:port` or `https://host:port` (port 0 for any free one), or `unix:///path.sock`. A socket file that nobody answers on is
 * replaced; its folder is made with mode 0700 when it is missing.
 * @returns the address that clients use
 * @throws InterLinkError `unavailable` when the address is taken or can't be had, naming it
 */
export async function listen(app: FastifyInstance, url: string): Promise<string> {
  try {
    const { socketPath } = parseTarget(url);
    if (socketPath !== undefined) {
      await mkdir(dirname(socketPath), { recursive: true, mode: 0o700 });
      await removeStaleSocket(socketPath);
      await app.listen({ path: socketPath });
      await chmod(socketPath, 0o600);
      return url;
    }
    const { protocol, hostname, port } = new URL(url);
    assertSpeaks(app, protocol);
    await app.listen({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) });
    const address = app.server.address();
    const actualPort = typeof address === 'object' && address !== null ? address.port : port;
    return `${protocol}//${hostname}:${actualPort}`;
  } catch (error) {
    const { code, message } = InterLinkError.from(error);
    throw new InterLinkError(
      code === 'invalid_argument' ? code : 'unavailable',
      `Cannot listen on ${url}: ${message}`,
      { cause: error },
    );
  }
}

/** Nobody is to believe that a connection is encrypted which is not. */
function assertSpeaks(app: FastifyInstance, protocol: string): void {
  const isTls = app.server instanceof TlsServer;
  if (isTls === (protocol === 'https:')) return;
  throw new InterLinkError(
    'invalid_argument',
    isTls ? 'the server speaks TLS: https:// is wanted' : 'the server has no certificate',
  );
}

/** True when only this account can reach the socket: its folder, made if it is missing, lets nobody else in. */
export async function isPrivateSocket(url: string): Promise<boolean> {
  const { socketPath } = parseTarget(url);
  if (socketPath === undefined) return false;
  await mkdir(dirname(socketPath), { recursive: true, mode: 0o700 });
  const folder = await stat(dirname(socketPath));
  return folder.uid === process.getuid?.() && (folder.mode & 0o077) === 0;
}

async function removeStaleSocket(path: string): Promise<void> {
  const isThere = await stat(path).then(
    (found) => found.isSocket(),
    () => false,
  );
  if (!isThere) return;
  const isAnswered = await new Promise<boolean>((resolve) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
  if (isAnswered) throw new InterLinkError('already_exists', 'another process listens there');
  await unlink(path);
}
