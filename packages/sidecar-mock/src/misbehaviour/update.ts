import type { PodReport, PodUpdate } from '@interlink/sidecar-sdk';
import type { FastifyRequest } from 'fastify';
import { before, isFor, paramsOf, rewriteJson, rewriteProblem, route } from './hooks.ts';
import { inBackend, inServer, type Misbehaviour } from './misbehaviour.ts';
import { rewriteContainers, rewriteReports } from './streams.ts';

const metadataOf = (request: FastifyRequest) => (request.body as PodUpdate).pod.metadata as { generation?: number };

export const updateMisbehaviours: ReadonlyArray<Misbehaviour> = [
  {
    name: 'forgets-generation',
    summary: 'Reports never say which generation is acted on.',
    caughtBy: ['update-acts-on-generation'],
    begin: inServer((app) => {
      const forget = (report: PodReport): PodReport => {
        const { observedGeneration: _, ...status } = report.status;
        return { ...report, status };
      };
      rewriteReports(app, forget);
      rewriteJson(app, route.update, (body, _, reply) =>
        reply.statusCode < 300 ? forget(body as unknown as PodReport) : body,
      );
    }),
  },
  {
    name: 'drops-ephemeral-containers',
    summary: 'Ephemeral containers are never started.',
    caughtBy: ['update-runs-ephemeral-container'],
    begin: inBackend((backend) => ({
      update: async ({ pod }, owner) => {
        const { ephemeralContainers: _, ...spec } = pod.spec;
        const report = await backend.update?.({ pod: { ...pod, spec } }, owner);
        if (report === undefined) throw new Error('The mock can be updated');
        return report;
      },
    })),
  },
  {
    name: 'restarts-updated',
    summary: 'An update starts the pod’s containers again.',
    caughtBy: ['update-runs-ephemeral-container'],
    begin: () => ({
      server: (app) => {
        const updated = new Set<string>();
        before(app, route.update, (request) => void updated.add(paramsOf(request).uid));
        rewriteReports(app, (report) =>
          rewriteContainers(report, ({ restartCount }) =>
            updated.has(report.uid) ? { restartCount: restartCount + 1 } : {},
          ),
        );
      },
    }),
  },
  {
    name: 'acts-on-older',
    summary: 'An update of an older generation is acted on.',
    caughtBy: ['update-ignores-older'],
    begin: () => ({
      server: (app) => {
        const newest = new Map<string, number>();
        before(app, route.update, (request) => {
          const { uid } = paramsOf(request);
          const metadata = metadataOf(request);
          const known = newest.get(uid) ?? 0;
          if ((metadata.generation ?? known) < known) metadata.generation = known + 1;
          newest.set(uid, Math.max(known, metadata.generation ?? 0));
        });
      },
    }),
  },
  {
    name: 'updates-nothing',
    summary: 'An update of a pod that is not there is a success.',
    caughtBy: ['update-refuses-unknown'],
    begin: inServer((app) =>
      rewriteProblem(app, (problem, request, reply) => {
        if (!isFor(request, route.update) || problem.status !== 404) return problem;
        reply.code(200);
        return {};
      }),
    ),
  },
  {
    name: 'updates-without-generation',
    summary: 'An update that says no generation is accepted.',
    caughtBy: ['update-refuses-bad-body'],
    begin: inServer((app) =>
      before(app, route.update, (request) => {
        const metadata = metadataOf(request);
        metadata.generation ??= 1_000;
      }),
    ),
  },
];
