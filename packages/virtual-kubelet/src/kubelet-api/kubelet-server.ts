import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import { InterLinkError } from '@interlink/protocol';
import { type Logger, sleep } from '@interlink/service-kit';
import type { HttpMetrics } from '../metrics/http-metrics.ts';
import type { PodStreams } from '../provider.ts';
import { defaultStreamTimeouts, type StreamTimeouts } from '../streaming/stream-timeouts.ts';
import type { Authorize } from './authorize.ts';
import type { OpenLog } from './container-log.ts';
import type { PodLookup } from './known-pod.ts';
import type { MetricsSource } from './metrics-handler.ts';
import { createRequestHandler } from './request-handler.ts';
import { currentTrust, followTrust, type Trust, type TrustSources, toTlsOptions } from './trust.ts';
import { untilStopped } from './until-stopped.ts';
import { type HandleRequest, serveUpgrades } from './upgrade-handler.ts';

export type { KnownPod, PodLookup } from './known-pod.ts';

export interface KubeletServerOptions extends TrustSources {
  host: string;
  /** 0 for any free one. */
  port: number;
  nodeName: string;
  authorize: Authorize;
  pods: PodLookup;
  logs: OpenLog;
  /** Exec, attach and port-forward, as far as there are any. Default: none. */
  streams?: PodStreams | undefined;
  /** What is told of the node and of this process. Default: nothing. */
  metrics?: MetricsSource | undefined;
  /** Counts the requests. */
  requests?: HttpMetrics | undefined;
  /** Default: the kubelet's. */
  streamTimeouts?: StreamTimeouts | undefined;
  logger: Logger;
  /** How often certificate and client CA are looked at; default 10 s. */
  recheckMs?: number | undefined;
}

export interface KubeletServer {
  port: number;
  /**
   * Stops listening, and cuts all connections off, followed logs too. With `drainMs`, what is under way may come to its end by itself for
   * so long, and is then ended in order.
   */
  close(options?: { drainMs: number }): Promise<void>;
}

/** How long the end of a stream may take to reach its reader. */
const lastWordsMs = 500;

/**
 * Starts the kubelet's HTTPS port, which the API server connects to. It ends with `close()`.
 * @throws InterLinkError `unavailable` when the address can't be had
 */
export async function startKubeletServer(options: KubeletServerOptions): Promise<KubeletServer> {
  let trust = await currentTrust(options);
  const connections = new Map<string, { socket: Socket; trust: Trust }>();
  const stopping = new AbortController();
  const handle = createRequestHandler({
    ...options,
    streams: untilStopped(options.streams ?? {}, stopping.signal),
    stopping: stopping.signal,
    streamTimeouts: options.streamTimeouts ?? defaultStreamTimeouts,
    hasClientCa: () => trust.ca !== undefined,
  });

  const server = createServer({
    ...toTlsOptions(trust),
    ALPNProtocols: ['http/1.1'],
    // Verified by OpenSSL, judged by us: who shows no good certificate may still have a token.
    requestCert: true,
    rejectUnauthorized: false,
    handshakeTimeout: 30_000,
    maxHeaderSize: 1024 * 1024,
    requestTimeout: 0,
    headersTimeout: 60_000,
    keepAliveTimeout: 95_000,
    // Tells of readers that vanished without a word while a log is quiet.
    keepAlive: true,
    keepAliveInitialDelay: 30_000,
  });
  // Before the handshake, which goes by the certificates of this moment however long the client takes for it.
  server.on('connection', (socket) => {
    const peer = peerOf(socket);
    connections.set(peer, { socket, trust });
    socket.once('close', () => {
      if (connections.get(peer)?.socket === socket) connections.delete(peer);
    });
  });
  const handleTrusted: HandleRequest = (request, response, upgrade) => {
    // Verified by a CA that is no longer ours: the client connects anew and is verified anew.
    if (connections.get(peerOf(request.socket))?.trust.ca !== trust.ca) return void request.socket.destroy();
    handle(request, response, upgrade);
  };
  server.on('request', (request, response) => handleTrusted(request, response));
  serveUpgrades(server, handleTrusted);

  const following = followTrust(options, options.recheckMs ?? 10_000, (fresh) => {
    if (fresh.pair === trust.pair && fresh.ca === trust.ca) return;
    server.setSecureContext(toTlsOptions(fresh));
    trust = fresh;
  });
  try {
    await listen(server, options);
  } catch (error) {
    following.stop();
    throw error;
  }
  return {
    port: portOf(server),
    async close({ drainMs } = { drainMs: 0 }) {
      following.stop();
      const closed = once(server, 'close');
      server.close();
      if (drainMs > 0) {
        await within(drainMs, closed);
        stopping.abort(new InterLinkError('cancelled', 'The virtual kubelet stops'));
        await within(lastWordsMs, closed);
      }
      for (const { socket } of connections.values()) socket.destroy();
      await closed;
    },
  };
}

async function within(ms: number, done: Promise<unknown>): Promise<void> {
  const timeout = new AbortController();
  await Promise.race([done, sleep(ms, timeout.signal)]);
  timeout.abort();
}

async function listen(server: Server, { host, port }: KubeletServerOptions): Promise<void> {
  try {
    server.listen({ host, port });
    await once(server, 'listening');
  } catch (error) {
    const { message } = InterLinkError.from(error);
    const wanted = 'another one: --port, or KUBELET_PORT';
    const text = `Cannot listen on ${host} port ${port} for the kubelet API (${wanted}): ${message}`;
    throw new InterLinkError('unavailable', text);
  }
}

/** Names a connection, the encrypted side of it as well as the plain one. */
function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
