import { epochHeader, InterLinkError, type Owner, ownerKey, staleEpoch } from '@interlink/protocol';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ownerOf, ownerPrefix } from './path.ts';

interface HighestEpoch {
  readonly epoch: number;
  /** Aborts when a later one is heard of. */
  readonly isPast: AbortController;
}

/**
 * Refuses requests of a virtual kubelet whose place another has taken: those with an epoch lower than the highest heard of for their
 * owner, reads too, since what they answer would be acted upon. Streams of an earlier epoch end. Nothing is kept over a restart: then
 * the first epoch to come counts until a higher one does. Requests without an epoch are not looked at.
 */
export class Epochs {
  readonly #highest = new Map<string, HighestEpoch>();
  readonly #ends = new WeakMap<FastifyRequest, AbortSignal>();

  /** Looks at every request under an owner that comes to this server. */
  guard(app: FastifyInstance): void {
    app.addHook('onRequest', async (request) => {
      const header = request.headers[epochHeader];
      if (header === undefined || request.routeOptions.url?.startsWith(`${ownerPrefix}/`) !== true) return;
      this.#ends.set(request, this.admit(ownerOf(request), header));
    });
  }

  /**
   * @returns aborts when a later epoch is heard of
   * @throws InterLinkError `aborted` with the reason `stale_epoch`, `invalid_argument` for what is no epoch
   */
  admit(owner: Owner, header: string | string[]): AbortSignal {
    const epoch = parseEpoch(header);
    const highest = this.#highest.get(ownerKey(owner));
    if (highest !== undefined && epoch < highest.epoch) {
      const message = `Epoch ${epoch} of node ${owner.node} is over: ${highest.epoch} has begun`;
      throw new InterLinkError('aborted', message, { reason: staleEpoch });
    }
    if (highest?.epoch === epoch) return highest.isPast.signal;
    const isPast = new AbortController();
    this.#highest.set(ownerKey(owner), { epoch, isPast });
    highest?.isPast.abort(new InterLinkError('aborted', `Epoch ${epoch} has begun`, { reason: staleEpoch }));
    return isPast.signal;
  }

  /** When an answer that goes on must end: with the server, or with the request's epoch. */
  endOf(request: FastifyRequest, shutdown: AbortSignal): AbortSignal {
    const isPast = this.#ends.get(request);
    return isPast === undefined ? shutdown : AbortSignal.any([shutdown, isPast]);
  }
}

function parseEpoch(header: string | string[]): number {
  if (typeof header === 'string' && /^\d{1,15}$/.test(header)) return Number(header);
  throw new InterLinkError(
    'invalid_argument',
    `InterLink-Epoch is ${JSON.stringify(header)}: one whole number is wanted`,
  );
}
