import type { IncomingMessage } from 'node:http';
import { InterLinkError } from '@interlink/sidecar-sdk';
import type { FastifyInstance } from 'fastify';
import { rewriteProblem } from './hooks.ts';
import { inServer, type Misbehaviour } from './misbehaviour.ts';

const header = 'interlink-epoch';
const isWatch = ({ url = '' }: IncomingMessage) => url.includes('watch=true');

/** Nobody hears of the epochs of these requests: before the SDK's own hooks. */
function overhear(app: FastifyInstance, isDeafTo: (request: IncomingMessage) => boolean): void {
  app.server.prependListener('request', (request: IncomingMessage) => {
    if (isDeafTo(request)) delete request.headers[header];
  });
}

/** One more reason to refuse a request for its epoch. */
function refuse(app: FastifyInstance, isStale: (epoch: number, owner: string) => boolean): void {
  app.addHook('onRequest', async (request) => {
    const epoch = request.headers[header];
    const [, owner] = /^(\/v2\/clusters\/[^/]+\/nodes\/[^/]+)\//.exec(request.url) ?? [];
    if (epoch === undefined || owner === undefined || !isStale(Number(epoch), owner)) return;
    throw new InterLinkError('aborted', 'Another epoch has begun', { reason: 'stale_epoch' });
  });
}

export const epochMisbehaviours: ReadonlyArray<Misbehaviour> = [
  {
    name: 'epoch-change-obeyed',
    summary: 'Creates and deletes of an earlier epoch are obeyed.',
    caughtBy: ['epoch-refuses-earlier-changes'],
    begin: inServer((app) => overhear(app, ({ method }) => method === 'PUT' || method === 'DELETE')),
  },
  {
    name: 'epoch-list-answered',
    summary: 'Lists of an earlier epoch are answered.',
    caughtBy: ['epoch-refuses-earlier-reads'],
    begin: () => ({
      server: (app) => {
        const highest = new Map<string, number>();
        app.server.prependListener('request', (request: IncomingMessage) => {
          const [path = ''] = (request.url ?? '').split('?');
          const epoch = Number(request.headers[header] ?? -1);
          if (request.method !== 'GET' || isWatch(request) || epoch < 0) return;
          if (epoch < (highest.get(path) ?? 0)) delete request.headers[header];
          else highest.set(path, epoch);
        });
      },
    }),
  },
  {
    name: 'epoch-stream-goes-on',
    summary: 'Streams of an earlier epoch go on, and more of them can be had.',
    caughtBy: ['epoch-ends-earlier-streams'],
    begin: inServer((app) => overhear(app, isWatch)),
  },
  {
    name: 'epoch-told-without-reason',
    summary: 'The refusal of an earlier epoch does not say that this is why.',
    caughtBy: ['epoch-refuses-earlier-changes', 'epoch-refuses-earlier-reads', 'epoch-ends-earlier-streams'],
    begin: inServer((app) =>
      rewriteProblem(app, (problem) => {
        return problem.status === 409 ? { ...problem, reason: undefined } : problem;
      }),
    ),
  },
  {
    name: 'epoch-taken-once',
    summary: 'An epoch is refused when it comes again.',
    caughtBy: ['epoch-refuses-earlier-changes', 'epoch-takes-same-later-none'],
    begin: () => ({
      server: (app) => {
        const seen = new Map<string, number>();
        refuse(app, (epoch, owner) => {
          const isAgain = seen.get(owner) === epoch;
          seen.set(owner, epoch);
          return isAgain;
        });
      },
    }),
  },
  {
    name: 'epoch-of-all-owners',
    summary: 'An epoch makes those of the node old whose name begins like that of its own.',
    caughtBy: ['epoch-of-each-owner'],
    begin: () => ({
      server: (app) => {
        const seen = new Map<string, number>();
        refuse(app, (epoch, owner) => {
          const isAnothers = [...seen].some(
            ([other, highest]) => other !== owner && owner.startsWith(other) && highest > epoch,
          );
          seen.set(owner, epoch);
          return isAnothers;
        });
      },
    }),
  },
];
