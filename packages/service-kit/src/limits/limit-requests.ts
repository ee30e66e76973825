import type { FastifyInstance } from 'fastify';
import type { Exchanges } from '../server/exchange.ts';
import type { Limits } from './limits.ts';
import { RequestLimits } from './request-limits.ts';
import { Strangers } from './strangers.ts';

/** To be called after the hook that asks who the caller is: whoever is one too many has sent no body yet. */
export function limitRequests(app: FastifyInstance, limits: Limits, exchanges: Exchanges): void {
  const requests = new RequestLimits(limits);
  const strangers = new Strangers(limits.strangersPerAddress);
  strangers.watch(app.server);
  app.addHook('onRequest', async (request) => {
    const exchange = exchanges.of(request);
    const { identity } = exchange ?? {};
    if (exchange === undefined || identity === undefined) return;
    strangers.letIn(request.raw.socket);
    requests.admitRequest(identity);
    if (exchange.isStream) exchange.onEnd(requests.openStream(identity));
  });
}
