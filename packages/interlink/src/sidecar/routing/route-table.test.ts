import { HttpTarget } from '@interlink/protocol';
import { createLogger, noLimits } from '@interlink/service-kit';
import { afterAll, expect, test } from 'vitest';
import { JobScripts } from '../job-scripts.ts';
import { SidecarLink } from '../sidecar-link.ts';
import { parseRoutes } from './parse-routes.ts';
import { RouteTable } from './route-table.ts';

const v1 = {
  exportsPodData: true,
  scripts: new JobScripts({
    JobScriptBuilderURL: undefined,
    JobScriptTemplate: undefined,
    JobScriptBuildConfig: undefined,
  }),
};
const over = new AbortController();
afterAll(() => over.abort());

function tableOf(nodes: Readonly<Record<string, string[]>>): RouteTable {
  const rows = Object.entries(nodes).map(([Name, Nodes]) => ({ Name, URL: 'http://127.0.0.1:1', Nodes }));
  const links = parseRoutes(rows, 0).map((route) => {
    const target = new HttpTarget({ url: route.url });
    return new SidecarLink({
      route,
      target,
      v1,
      limits: noLimits,
      logger: createLogger('test', 'silent'),
      signal: over.signal,
    });
  });
  return new RouteTable(links);
}

const table = tableOf({
  rest: ['*'],
  batch: ['batch-*', 'c1/*'],
  long: ['batch-long-*'],
  gpu: ['gpu', 'c2/batch-1'],
  other: ['*-1', '1-*'],
});

test.each([
  ['c9', 'anything', 'rest'],
  ['c9', 'batch-7', 'batch'],
  ['c1', 'anything', 'batch'],
  ['c9', 'batch-long-7', 'long'],
  // A name without a star goes before every pattern, of whatever cluster.
  ['c1', 'gpu', 'gpu'],
  ['c2', 'batch-1', 'gpu'],
  ['c9', 'gpu-1', 'other'],
  ['c9', '1-1', 'other'],
  ['c9', 'gpux', 'rest'],
])('RouteTable has the sidecar of %s/%s: %s', (cluster, node, name) => {
  expect(table.linkOf({ cluster, node }).route.name).toBe(name);
});

test('RouteTable takes a dot in a name for a dot', () => {
  const dotted = tableOf({ one: ['a.b'] });
  expect(() => dotted.linkOf({ cluster: 'c', node: 'axb' })).toThrow('No sidecar');
});

test('RouteTable says which node of which cluster no row names', () => {
  const few = tableOf({ gpu: ['gpu-*'] });
  expect(() => few.linkOf({ cluster: 'c1', node: 'cpu-1' })).toThrow(
    expect.objectContaining({
      code: 'not_found',
      reason: 'NoRoute',
      message: expect.stringMatching(/the node cpu-1 of the cluster c1: no row of Sidecars/),
    }),
  );
});
