import { InterLinkError, type Pool, parsePingResponse, toPool } from '@interlink/protocol';
import type { V1Client } from './v1-client.ts';

/** A ping may cost the peer a question to its batch system. */
const freshForMs = 10_000;

/** What a ping said of the peer. */
export interface V1Health {
  /** Undefined: it leaves the node's resources and taints to others. */
  readonly pool: Pool | undefined;
  /** The peer answers, and says that it is ill. */
  readonly trouble: string | undefined;
}

/** Whether a v1 peer is there, and what it offers. Its answer counts for ten seconds, whoever asks. */
export class V1Ping {
  readonly #client: Pick<V1Client, 'ping'>;
  #last: { readonly atMs: number; readonly health: V1Health } | undefined;

  constructor(client: Pick<V1Client, 'ping'>) {
    this.#client = client;
  }

  /** @throws InterLinkError when it can't be reached */
  async read(): Promise<V1Health> {
    if (this.#last !== undefined && performance.now() - this.#last.atMs < freshForMs) return this.#last.health;
    const health = await this.#ask();
    this.#last = { atMs: performance.now(), health };
    return health;
  }

  async #ask(): Promise<V1Health> {
    try {
      const ping = parsePingResponse(await this.#client.ping());
      return { pool: ping === undefined ? undefined : toPool(ping), trouble: undefined };
    } catch (error) {
      const { code, message } = InterLinkError.from(error);
      if (code === 'unavailable' || code === 'deadline_exceeded' || code === 'cancelled') throw error;
      return { pool: undefined, trouble: message };
    }
  }
}
