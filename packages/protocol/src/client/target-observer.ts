import type { Socket } from 'node:net';

/** Told how one peer answers; for metrics. */
export interface TargetObserver {
  /**
   * A request goes out.
   * @returns told of its answer's status, undefined when there is none; what that returns is told of the end of the answer, or of the
   * connection that it opened
   */
  asked(): (status: number | undefined) => () => void;
  /** A request is sent again that the peer put off. */
  retried(): void;
  /** A connection was made, of requests or one that was upgraded; not of WebSockets that this end speaks itself. */
  connected(socket: Socket): void;
}

const nothing = () => undefined;

export const unobserved: TargetObserver = { asked: () => () => nothing, retried: nothing, connected: nothing };
