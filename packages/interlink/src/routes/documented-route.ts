import { openApiDocument } from '@interlink/protocol';
import type { FastifyRequest } from 'fastify';

interface DocumentedRoute {
  readonly name: string;
  readonly pattern: RegExp;
}

const owner = '/v2/clusters/{cluster}/nodes/{node}/';
let routes: ReadonlyArray<DocumentedRoute> | undefined;

/** Below an owner one route serves all; metrics have the documented one. @returns undefined elsewhere, and for what no document has */
export function documentedRouteOf({ params }: FastifyRequest): string | undefined {
  const rest = (params as { '*'?: string } | null)?.['*'];
  if (rest === undefined) return undefined;
  routes ??= documentedRoutes();
  return routes.find(({ pattern }) => pattern.test(rest))?.name;
}

function documentedRoutes(): DocumentedRoute[] {
  const paths = Object.keys(openApiDocument('interlink').paths).filter((path) => path.startsWith(owner));
  return paths.map((path) => ({
    name: path.replaceAll(/\{(\w+)\}/g, ':$1'),
    pattern: new RegExp(`^${path.slice(owner.length).replaceAll(/\{\w+\}/g, '[^/]+')}$`),
  }));
}
