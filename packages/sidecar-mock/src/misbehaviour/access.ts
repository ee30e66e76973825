import { rewriteProblem } from './hooks.ts';
import { inServer, type Misbehaviour } from './misbehaviour.ts';

const isV2 = (path: string) => path.startsWith('/v2/');

/** Authentication and errors. */
export const accessMisbehaviours: ReadonlyArray<Misbehaviour> = [
  {
    name: 'no-token-needed',
    summary: 'Calls of v2 without a token are answered.',
    caughtBy: ['auth-refuses-no-token'],
    begin: () => ({ isOpen: (path, authorization) => isV2(path) && authorization === undefined }),
  },
  {
    name: 'any-token-does',
    summary: 'Calls with whatever token are answered.',
    caughtBy: ['auth-refuses-wrong-token'],
    begin: () => ({ isOpen: (_, authorization) => authorization !== undefined }),
  },
  {
    name: 'v1-no-token-needed',
    summary: 'Calls of v1 without a token are answered.',
    caughtBy: ['v1-auth-refuses-no-token'],
    begin: () => ({ isOpen: (path, authorization) => !isV2(path) && authorization === undefined }),
  },
  {
    name: 'problem-without-code',
    summary: 'Errors carry no code.',
    caughtBy: [
      'error-is-problem',
      'epoch-refuses-earlier-changes',
      'epoch-refuses-earlier-reads',
      'epoch-ends-earlier-streams',
    ],
    begin: inServer((app) => rewriteProblem(app, ({ code: _, ...problem }) => problem)),
  },
  {
    name: 'problem-with-other-status',
    summary: 'The status inside an error is not that of its answer.',
    caughtBy: ['error-is-problem'],
    begin: inServer((app) => rewriteProblem(app, (problem) => ({ ...problem, status: 200 }))),
  },
  {
    name: 'error-as-json',
    summary: 'Errors have the wrong content type.',
    caughtBy: ['error-is-problem'],
    begin: inServer((app) =>
      rewriteProblem(app, (problem, _, reply) => {
        reply.type('application/json');
        return problem;
      }),
    ),
  },
  {
    name: 'ok-for-unknown-path',
    summary: 'A path that nothing serves is answered with 200.',
    caughtBy: ['error-of-unknown-path'],
    begin: inServer((app) =>
      rewriteProblem(app, (problem, request, reply) => {
        if (request.routeOptions.url === undefined) reply.code(200);
        return problem;
      }),
    ),
  },
  {
    name: 'bad-owner-is-500',
    summary: 'An owner that is no name is a failure of the sidecar’s own.',
    caughtBy: ['error-of-bad-owner'],
    begin: inServer((app) =>
      rewriteProblem(app, (problem, _, reply) => {
        if (/is not a (node|cluster) name/.test(problem.detail)) reply.code(500);
        return problem;
      }),
    ),
  },
];
