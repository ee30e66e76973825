import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { PodReport, PodRequest } from '@interlink/sidecar-sdk';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { before, isFor, paramsOf, rewriteJson, rewriteList, rewriteProblem, route } from './hooks.ts';
import { inBackend, inServer, type Misbehaviour } from './misbehaviour.ts';
import { rewriteContainers, rewriteReports } from './streams.ts';

const podOf = (request: FastifyRequest) => (request.body as PodRequest).pod;
const accept = (request: FastifyRequest, reply: FastifyReply) =>
  void reply.code(201).send({ uid: paramsOf(request).uid });

/** So that creates sent at once are in work at once. */
const raceMs = 30;

export const createMisbehaviours: ReadonlyArray<Misbehaviour> = [
  {
    name: 'late-create',
    summary: 'A create is answered before the pod is there: the next list lacks it.',
    caughtBy: ['create-runs-pod'],
    begin: () => ({
      server: (app) => {
        const late = new Set<string>();
        const known = new Set<string>();
        before(app, route.create, (request) => {
          const { uid } = paramsOf(request);
          if (!known.has(uid)) late.add(uid);
          known.add(uid);
        });
        rewriteList(app, (reports) => reports.filter(({ uid }) => !late.delete(uid)));
      },
    }),
  },
  {
    name: 'answers-other-pod',
    summary: 'A create answers with the report of another pod.',
    caughtBy: ['create-answers-report'],
    begin: inServer((app) =>
      rewriteJson(app, route.create, (body, _, reply) =>
        reply.statusCode < 300 ? { ...body, uid: randomUUID() } : body,
      ),
    ),
  },
  {
    name: 'restarts-known',
    summary: 'A create that is sent again starts the pod’s containers again.',
    caughtBy: ['create-twice-is-one'],
    begin: () => ({
      server: (app) => {
        const counts = new Map<string, number>();
        before(app, route.create, (request) => {
          const { uid } = paramsOf(request);
          counts.set(uid, (counts.get(uid) ?? 0) + 1);
        });
        rewriteReports(app, (report) =>
          rewriteContainers(report, ({ state }) => {
            const startedAt = state.running?.startedAt;
            const times = counts.get(report.uid) ?? 0;
            if (startedAt === undefined || times < 2) return {};
            return { state: { running: { startedAt: new Date(Date.parse(startedAt) + times * 1_000).toISOString() } } };
          }),
        );
      },
    }),
  },
  {
    name: 'double-create',
    summary: 'Creates of one pod that are in work at the same time make two of it.',
    caughtBy: ['create-raced-is-one'],
    begin: () => ({
      server: (app) => {
        const inWork = new Map<string, number>();
        const doubled = new Set<string>();
        before(app, route.create, async (request) => {
          const { uid } = paramsOf(request);
          const count = (inWork.get(uid) ?? 0) + 1;
          inWork.set(uid, count);
          if (count > 1) doubled.add(uid);
          await delay(raceMs);
          inWork.set(uid, (inWork.get(uid) ?? 1) - 1);
        });
        rewriteList(app, (reports) =>
          reports.flatMap((report) => (doubled.has(report.uid) ? [report, report] : report)),
        );
      },
    }),
  },
  {
    name: 'reruns-ended',
    summary: 'The create of a pod that has ended runs it again.',
    caughtBy: ['create-after-end-runs-nothing'],
    begin: () => ({
      server: (app) => {
        const created = new Set<string>();
        const rerun = new Set<string>();
        rewriteJson(app, route.create, (body, _, reply) => {
          const { uid, status } = body as unknown as PodReport;
          if (reply.statusCode >= 300) return body;
          const isEnded = status.containerStatuses[0]?.state.terminated !== undefined;
          if (isEnded && created.has(uid)) rerun.add(uid);
          created.add(uid);
          return body;
        });
        rewriteList(app, (reports) =>
          reports.map((report) => {
            const running = { state: { running: { startedAt: new Date().toISOString() } }, ready: true };
            return rerun.has(report.uid) ? rewriteContainers(report, () => running) : report;
          }),
        );
      },
    }),
  },
  {
    name: 'drops-init-containers',
    summary: 'Init containers are left out.',
    caughtBy: ['create-runs-all-containers'],
    begin: inBackend((backend) => ({
      create: async (request, owner) => {
        const { initContainers: _, ...spec } = request.pod.spec;
        return await backend.create({ ...request, pod: { ...request.pod, spec } }, owner);
      },
    })),
  },
  {
    name: 'ignores-uid-in-path',
    summary: 'A create whose path and body name different UIDs is accepted.',
    caughtBy: ['create-refuses-other-uid'],
    begin: inServer((app) =>
      before(app, route.create, (request) => {
        const uid: unknown = podOf(request).metadata.uid;
        if (typeof uid === 'string' && !paramsOf(request).uid.includes('.')) paramsOf(request).uid = uid;
      }),
    ),
  },
  {
    name: 'accepts-empty-pod',
    summary: 'A pod without containers is accepted.',
    caughtBy: ['create-refuses-empty-pod'],
    begin: inServer((app) =>
      before(app, route.create, (request, reply) => {
        if (podOf(request).spec.containers.length === 0) accept(request, reply);
      }),
    ),
  },
  {
    name: 'accepts-path-names',
    summary: 'Names that lead out of a folder (../) are accepted.',
    caughtBy: ['create-refuses-bad-names'],
    begin: inServer((app) =>
      before(app, route.create, (request, reply) => {
        const { metadata, spec } = podOf(request);
        const names = [metadata.name, paramsOf(request).uid, ...spec.containers.map(({ name }) => name)];
        if (names.some((name) => name.includes('../'))) accept(request, reply);
      }),
    ),
  },
  {
    name: 'broken-json-is-500',
    summary: 'A body that is no JSON is a failure of the sidecar’s own.',
    caughtBy: ['create-refuses-broken-json'],
    begin: inServer((app) =>
      rewriteProblem(app, (problem, request, reply) => {
        if (isFor(request, route.create) && problem.detail.includes('not valid JSON')) reply.code(500);
        return problem;
      }),
    ),
  },
];
