import { InterLinkError, type Pod } from '@interlink/sidecar-sdk';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { before, isFor, type Route, rewriteJson, rewriteProblem, route } from './hooks.ts';
import { inServer, type Misbehaviour } from './misbehaviour.ts';

const uidOf = (request: FastifyRequest) => (request.body as Pod).metadata.uid;
const podsOf = (request: FastifyRequest) => request.body as Pod[];
const optionsOf = (request: FastifyRequest) => (request.body as { Opts: { Tail: number; Bytes: number } }).Opts;

/** UIDs that were created. */
function createdIn(app: FastifyInstance): Set<string> {
  const created = new Set<string>();
  before(app, route.v1Create, (request) => {
    const { pod } = request.body as { pod?: Pod };
    if (pod !== undefined) created.add(pod.metadata.uid);
  });
  return created;
}

/** Answers 200 in place of a failure. */
function forgive(where: Route): Misbehaviour['begin'] {
  return inServer((app) =>
    rewriteProblem(app, (problem, request, reply) => {
      if (isFor(request, where) && problem.status !== 401 && isServerSide(problem)) reply.code(200);
      return problem;
    }),
  );
}

const isServerSide = ({ detail }: { detail: string }) => !detail.startsWith('Log options');

type V1Status = { containers: Array<{ state: { terminated?: object } }> };

/** Protocol v1. */
export const v1Misbehaviours: ReadonlyArray<Misbehaviour> = [
  {
    name: 'v1-empty-create-answer',
    summary: 'v1: a create is answered without ids.',
    caughtBy: ['v1-create-answers-ids'],
    begin: inServer((app) =>
      rewriteJson(app, route.v1Create, (body, _, reply) => (reply.statusCode < 300 ? {} : body)),
    ),
  },
  {
    name: 'v1-second-job',
    summary: 'v1: a create that is sent again starts another job.',
    caughtBy: ['v1-create-twice-is-one'],
    begin: () => {
      let count = 0;
      return {
        server: (app) =>
          rewriteJson(app, route.v1Create, (body, _, reply) => {
            count += 1;
            return reply.statusCode < 300 ? { ...body, PodJID: `job-${count}` } : body;
          }),
      };
    },
  },
  {
    name: 'v1-ok-for-failed-create',
    summary: 'v1: a create that failed is answered with 200.',
    caughtBy: ['v1-create-refuses-broken-json'],
    begin: forgive(route.v1Create),
  },
  {
    name: 'v1-ping-fails',
    summary: 'v1: an empty list of pods is an error.',
    caughtBy: ['v1-status-of-nothing'],
    begin: inServer((app) =>
      before(app, route.v1Status, (request) => {
        if (podsOf(request).length === 0) throw new InterLinkError('unavailable', 'No pods');
      }),
    ),
  },
  {
    name: 'v1-status-of-first-only',
    summary: 'v1: a status call answers for the first pod only.',
    caughtBy: ['v1-status-of-every-pod'],
    begin: inServer((app) =>
      rewriteJson(app, route.v1Status, (body) => (Array.isArray(body) ? body.slice(0, 1) : body)),
    ),
  },
  {
    name: 'v1-batch-fails',
    summary: 'v1: one unknown pod among several fails the whole status call.',
    caughtBy: ['v1-status-beside-unknown'],
    begin: () => ({
      server: (app) => {
        const created = createdIn(app);
        before(app, route.v1Status, (request) => {
          const pods = podsOf(request);
          const unknown = pods.find(({ metadata }) => !created.has(metadata.uid));
          if (pods.length > 1 && unknown !== undefined) throw new InterLinkError('unavailable', 'Unknown pod');
        });
      },
    }),
  },
  {
    name: 'v1-exit-code-zero',
    summary: 'v1: every container ends with 0.',
    caughtBy: ['v1-status-exit-code'],
    begin: inServer((app) =>
      rewriteJson(app, route.v1Status, (body) => {
        if (!Array.isArray(body)) return body;
        return (body as V1Status[]).map((status) => ({
          ...status,
          containers: status.containers.map((container) => {
            const { terminated } = container.state;
            return terminated === undefined
              ? container
              : { ...container, state: { terminated: { ...terminated, exitCode: 0 } } };
          }),
        }));
      }),
    ),
  },
  {
    name: 'v1-lost-delete',
    summary: 'v1: the delete of a pod is answered with 200, and nothing happens.',
    caughtBy: ['v1-delete-ends-pod'],
    begin: () => ({
      server: (app) => {
        const created = createdIn(app);
        before(app, route.v1Delete, (request, reply) => {
          if (created.has(uidOf(request))) void reply.send({});
        });
      },
    }),
  },
  {
    name: 'v1-unknown-delete-fails',
    summary: 'v1: the delete of an unknown pod is an error.',
    caughtBy: ['v1-delete-of-unknown-succeeds'],
    begin: () => ({
      server: (app) => {
        const created = createdIn(app);
        before(app, route.v1Delete, (request) => {
          if (!created.has(uidOf(request))) throw new InterLinkError('unavailable', 'Unknown pod');
        });
      },
    }),
  },
  {
    name: 'v1-log-cut',
    summary: 'v1: a log that is read whole ends after five bytes.',
    caughtBy: ['v1-log-whole'],
    begin: inServer((app) =>
      before(app, route.v1Logs, (request) => {
        const options = optionsOf(request);
        if (options !== undefined && options.Tail === 0 && options.Bytes === 0) options.Bytes = 5;
      }),
    ),
  },
  {
    name: 'v1-tail-ignored',
    summary: 'v1: Tail is ignored.',
    caughtBy: ['v1-log-tail'],
    begin: inServer((app) =>
      before(app, route.v1Logs, (request) => {
        const options = optionsOf(request);
        if (options !== undefined && options.Bytes === 0) options.Tail = 0;
      }),
    ),
  },
  {
    name: 'v1-takes-bad-log-options',
    summary: 'v1: Tail together with Bytes is answered with 200.',
    caughtBy: ['v1-log-refuses-bad-options'],
    begin: inServer((app) =>
      before(app, route.v1Logs, (request) => {
        const options = optionsOf(request);
        if (options !== undefined && options.Tail > 0) options.Bytes = 0;
      }),
    ),
  },
  {
    name: 'v1-ok-for-unknown-log',
    summary: 'v1: the log of an unknown pod is answered with 200.',
    caughtBy: ['v1-log-of-unknown-pod'],
    begin: forgive(route.v1Logs),
  },
];
