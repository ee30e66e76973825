import type { PodReport } from '@interlink/sidecar-sdk';
import type { FastifyInstance } from 'fastify';
import { before, isFor, paramsOf, type Route, rewriteJson, rewriteList, rewriteProblem, route } from './hooks.ts';
import type { Misbehaviour } from './misbehaviour.ts';
import { rewriteStream } from './streams.ts';

/** Whose pods there are, as the creates told. */
export function ownersIn(app: FastifyInstance): Map<string, { cluster: string; node: string; report: PodReport }> {
  const known = new Map<string, { cluster: string; node: string; report: PodReport }>();
  rewriteJson(app, route.create, (body, request, reply) => {
    const { cluster, node, uid } = paramsOf(request);
    if (reply.statusCode < 300) known.set(uid, { cluster, node, report: body as unknown as PodReport });
    return body;
  });
  return known;
}

/** Nodes are told apart by how their names begin: `n` has what `n-2` has not, and `n-2` sees what is `n`'s. */
function leaked(known: ReturnType<typeof ownersIn>, { cluster, node }: { cluster: string; node: string }): PodReport[] {
  return [...known.values()].flatMap((other) =>
    other.cluster === cluster && other.node !== node && node.startsWith(other.node) ? [other.report] : [],
  );
}

/** Takes what is asked of another owner's pod for a call of its own owner. */
export function actAsOwner(app: FastifyInstance, where: Route): void {
  const known = ownersIn(app);
  before(app, where, (request) => {
    const params = paramsOf(request);
    const actual = known.get(params.uid);
    if (actual !== undefined) Object.assign(params, { cluster: actual.cluster, node: actual.node });
  });
}

export const ownerMisbehaviours: ReadonlyArray<Misbehaviour> = [
  {
    name: 'owner-leak-list',
    summary: 'A list shows pods of the node whose name begins like the own one.',
    caughtBy: ['owners-list-apart'],
    begin: () => ({
      server: (app) => {
        const known = ownersIn(app);
        rewriteList(app, (reports, request) => [...reports, ...leaked(known, paramsOf(request))]);
      },
    }),
  },
  {
    name: 'owner-leak-watch',
    summary: 'A stream tells of pods of the node whose name begins like the own one.',
    caughtBy: ['owners-watch-apart'],
    begin: () => ({
      server: (app) => {
        const known = ownersIn(app);
        rewriteStream(app, (request) => (record) => {
          const { cursor = '' } = record;
          return [...leaked(known, paramsOf(request)).map((pod) => ({ type: 'pod', cursor, pod })), record];
        });
      },
    }),
  },
  {
    name: 'owner-leak-log',
    summary: 'A log is handed to any owner that knows the UID.',
    caughtBy: ['owners-log-apart'],
    begin: () => ({ server: (app) => actAsOwner(app, route.log) }),
  },
  {
    name: 'owner-leak-stats',
    summary: 'Statistics show pods of the node whose name begins like the own one.',
    caughtBy: ['owners-stats-apart'],
    begin: () => ({
      server: (app) => {
        const known = ownersIn(app);
        rewriteJson(app, route.stats, ({ pods = [] }, request) => {
          const others = leaked(known, paramsOf(request));
          const more = others.map(({ uid, namespace, name }) => ({ uid, namespace, name, containers: [] }));
          return { pods: [...(pods as unknown[]), ...more] };
        });
      },
    }),
  },
  {
    name: 'owner-leak-delete',
    summary: 'A pod is ended by any owner that knows the UID.',
    caughtBy: ['owners-delete-apart'],
    begin: () => ({ server: (app) => actAsOwner(app, route.delete) }),
  },
  {
    name: 'owner-takeover',
    summary: 'A create with the UID of another owner’s pod is answered with 201.',
    caughtBy: ['owners-create-apart'],
    begin: () => ({
      server: (app) =>
        rewriteProblem(app, (problem, request, reply) => {
          if (!isFor(request, route.create) || problem.status !== 404) return problem;
          reply.code(201).type('application/json');
          return { uid: paramsOf(request).uid };
        }),
    }),
  },
];
