import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type OpenApiServer, openApiDocument } from '@interlink/protocol';
import { createHttpServer, createLogger, noAuthentication, Policy, serveOpenApi } from '@interlink/service-kit';
import type { FastifyInstance } from 'fastify';
import { expect, test } from 'vitest';
import { Audit } from '../packages/interlink/src/auth/audit.ts';
import { Guard } from '../packages/interlink/src/auth/guard.ts';
import { FanOut } from '../packages/interlink/src/fan-out/fan-out.ts';
import { serveV1 } from '../packages/interlink/src/routes/v1-routes.ts';
import { serveV2 } from '../packages/interlink/src/routes/v2-routes.ts';
import { RouteTable } from '../packages/interlink/src/sidecar/routing/route-table.ts';
import { PodService } from '../packages/sidecar-sdk/src/pods/pod-service.ts';
import { createSidecarServer } from '../packages/sidecar-sdk/src/server/create-sidecar-server.ts';
import { MemoryBackend } from '../packages/sidecar-sdk/src/testing/memory-backend.ts';

const logger = createLogger('test', 'silent');
const { signal } = new AbortController();

test.each([
  ['docs/openapi.json', 'interlink'],
  ['docs/openapi-sidecar.json', 'sidecar'],
] as const)('%s is the document of %s', (file, server) => {
  const kept: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '..', file), 'utf8'));
  expect(kept).toEqual(JSON.parse(JSON.stringify(openApiDocument(server))));
});

/** `METHOD /path`, and `ANY /path` for those that take any verb, as v1's do. */
function servedBy(app: FastifyInstance): string[] {
  const path: string[] = [];
  return app
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const [, indent = '', part = '', methods = ''] = /^(.*)── (\S+)(?: \((.*)\))?$/.exec(line) ?? [];
      path.splice(Math.floor(indent.length / 4), Infinity, part);
      const served = methods.split(', ').filter((method) => method !== 'HEAD' && method !== '');
      return (served.includes('TRACE') ? ['ANY'] : served).map((method) => `${method} ${path.join('')}`);
    })
    .sort();
}

function documentedFor(server: OpenApiServer): string[] {
  const routes = Object.entries(openApiDocument(server).paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, { tags }]) => {
      return `${tags[0] === 'v1' ? 'ANY' : method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`;
    }),
  );
  return [...new Set(routes)].sort();
}

test('a sidecar serves what its document has, and nothing else', () => {
  const service = new PodService(new MemoryBackend(), logger);
  const app = createSidecarServer({ service, logger, authenticate: noAuthentication, shutdown: signal });
  expect(servedBy(app)).toEqual(documentedFor('sidecar'));
});

test('InterLink serves what its document has, and passes on what is under an owner', async () => {
  const routes = new RouteTable([]);
  const guard = new Guard(
    new Policy({ 'Policy.Grants': undefined, 'Policy.DenyStreams': undefined }),
    new Audit(logger),
  );
  const app = createHttpServer({ logger, authenticate: noAuthentication, readiness: {} });
  serveOpenApi(app, 'interlink');
  serveV2(app, { routes, guard, fanOut: new FanOut(logger) });
  serveV1(app, routes, guard);
  const owner = '/v2/clusters/:cluster/nodes/:node/';
  const own = documentedFor('interlink').filter((route) => !route.includes(owner));
  expect(servedBy(app)).toEqual([...own, 'ANY *'].sort());
  expect(app.hasRoute({ method: 'GET', url: `${owner}*` })).toBe(true);
});
