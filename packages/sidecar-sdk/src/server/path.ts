import { type Owner, parseName, parseOwner } from '@interlink/protocol';
import type { FastifyRequest } from 'fastify';

interface PodParams {
  cluster: string;
  node: string;
  uid: string;
  container: string;
}

/** Every resource lives under its owner. */
export const ownerPrefix = '/v2/clusters/:cluster/nodes/:node';

/** @throws InterLinkError `invalid_argument` */
export function ownerOf(request: FastifyRequest): Owner {
  return parseOwner(request.params as PodParams);
}

/** @throws InterLinkError `invalid_argument` */
export function uidOf(request: FastifyRequest): string {
  return parseName('a pod UID', (request.params as PodParams).uid);
}

/** @throws InterLinkError `invalid_argument` */
export function podOf(request: FastifyRequest): { owner: Owner; uid: string } {
  return { owner: ownerOf(request), uid: uidOf(request) };
}

/** @throws InterLinkError `invalid_argument` */
export function containerOf(request: FastifyRequest): string {
  return parseName('a container name', (request.params as PodParams).container);
}

export function queryOf(request: FastifyRequest): Record<string, unknown> {
  return request.query as Record<string, unknown>;
}
