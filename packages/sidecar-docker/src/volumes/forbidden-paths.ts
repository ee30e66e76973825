import { parseEngineAddress } from '../engine/connection.ts';
import { type ClaimMap, fixedPart } from './claim-map.ts';
import type { ForbiddenPath } from './host-path-policy.ts';

/** What Docker.HostPaths must not open: the engine, other pods' files, and other pods' claims. */
export function forbiddenPaths({
  root,
  claims,
  env,
}: {
  readonly root: string;
  readonly claims: ClaimMap;
  readonly env: NodeJS.ProcessEnv;
}): ForbiddenPath[] {
  const address = parseEngineAddress(env);
  return [
    ...(address.kind === 'socket' ? [{ path: address.path, what: "the engine's socket" }] : []),
    { path: root, what: 'DataRootFolder, where pods have their Secrets' },
    ...[...claims.values()].flatMap((target) =>
      'path' in target ? [{ path: fixedPart(target.path), what: 'claims of Docker.Claims' }] : [],
    ),
  ];
}
