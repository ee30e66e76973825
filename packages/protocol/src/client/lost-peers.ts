import type { Socket } from 'node:net';
import { type PortPair, readSocketTable, type SocketRow } from './socket-table.ts';

/** How soon a peer is found to be lost. */
export interface LossTimes {
  /** A connection that is silent for this long is asked for a sign of life… */
  readonly keepAliveDelayMs: number;
  readonly keepAliveIntervalMs: number;
  /** …this often, in whole seconds. */
  readonly keepAliveCount: number;
  /** What was sent is looked at this often until it is acknowledged… */
  readonly lookMs: number;
  /** …and nothing is awaited for longer than this after the kernel began to ask in vain. */
  readonly unansweredMs: number;
}

/** Either way in 25 s at most, so that with what it takes others to hear of it, half a minute is kept. */
export const defaultLossTimes: LossTimes = {
  keepAliveDelayMs: 10_000,
  keepAliveIntervalMs: 5_000,
  keepAliveCount: 3,
  lookMs: 5_000,
  unansweredMs: 15_000,
};

interface Watched {
  /** What was written when all of it was acknowledged. */
  settledBytes: number;
  unanswered: number;
  unansweredSince: number | undefined;
}

/**
 * Destroys connections whose peer is lost: its machine or the way to it is gone, and nobody has said so. TCP's own keep-alive finds
 * silent ones. It does not look while sent bytes wait to be acknowledged, which TCP tries for 15 minutes, and Node has no option for
 * that (TCP_USER_TIMEOUT). So the kernel's table is looked at, only while there are such bytes. A peer that is slow or takes nothing at all
 * answers the kernel nonetheless, and is left alone; when one that took nothing for a long time is lost, it is found as late as the
 * kernel asks it the next time, two minutes at most.
 */
export class LostPeers {
  readonly #times: LossTimes;
  readonly #watched = new Map<Socket, Watched>();
  #timer: NodeJS.Timeout | undefined;
  #isLooking = false;

  constructor(times: LossTimes = defaultLossTimes) {
    this.#times = times;
  }

  /** From now on; a unix socket needs none of it. */
  watch(socket: Socket): void {
    if (socket.remotePort === undefined || this.#watched.has(socket)) return;
    const { keepAliveDelayMs, keepAliveIntervalMs, keepAliveCount, lookMs } = this.#times;
    socket.setKeepAlive(true, keepAliveDelayMs, keepAliveIntervalMs, keepAliveCount);
    this.#watched.set(socket, { settledBytes: 0, unanswered: 0, unansweredSince: undefined });
    socket.once('close', () => this.#forget(socket));
    this.#timer ??= setInterval(() => void this.#look(), lookMs).unref();
  }

  #forget(socket: Socket): void {
    this.#watched.delete(socket);
    if (this.#watched.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #look(): Promise<void> {
    const unsettled = [...this.#watched].filter(([socket, { settledBytes }]) => socket.bytesWritten !== settledBytes);
    if (unsettled.length === 0 || this.#isLooking) return;
    this.#isLooking = true;
    const written = unsettled.map(([socket]) => socket.bytesWritten);
    const table = await readSocketTable();
    this.#isLooking = false;
    for (const [index, [socket, watched]] of unsettled.entries()) {
      const row = table?.get(`${socket.localPort ?? 0}-${socket.remotePort ?? 0}` satisfies PortPair);
      if (row !== undefined) this.#judge(socket, watched, { ...row, written: written[index] ?? 0 });
    }
  }

  #judge(
    socket: Socket,
    watched: Watched,
    { unacknowledged, unanswered, written }: SocketRow & { written: number },
  ): void {
    if (unacknowledged === 0 && socket.writableLength === 0) watched.settledBytes = written;
    // Every answer sets the kernel's count back.
    if (unanswered === 0 || unanswered < watched.unanswered) watched.unansweredSince = undefined;
    else watched.unansweredSince ??= performance.now();
    watched.unanswered = unanswered;
    const since = watched.unansweredSince;
    if (since === undefined || performance.now() - since < this.#times.unansweredMs) return;
    socket.destroy(Object.assign(new Error('the peer does not answer'), { code: 'ETIMEDOUT' }));
  }
}

const lostPeers = new LostPeers();

/** Destroys the connection when its peer is lost, half a minute after that at most. */
export function endWhenLost(socket: Socket): void {
  lostPeers.watch(socket);
}
