import { type ClaimMap, type ForbiddenPath, fixedPart } from '@interlink/sidecar-sdk';
import type { EngineAddress } from '../engine/connection.ts';
import type { ClaimTarget } from './claim-targets.ts';

/** What Docker.HostPaths must not open: the engine, other pods' files, and other pods' claims. */
export function forbiddenPaths({
  root,
  claims,
  address,
}: {
  readonly root: string;
  readonly claims: ClaimMap<ClaimTarget>;
  /** The engine's. */
  readonly address: EngineAddress;
}): ForbiddenPath[] {
  return [
    ...(address.kind === 'socket' ? [{ path: address.path, what: "the engine's socket" }] : []),
    { path: root, what: 'DataRootFolder, where pods have their Secrets' },
    ...[...claims.values()].flatMap((target) =>
      'path' in target ? [{ path: fixedPart(target.path), what: 'claims of Docker.Claims' }] : [],
    ),
  ];
}
