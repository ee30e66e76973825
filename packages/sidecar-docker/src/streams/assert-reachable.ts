import { InterLinkError } from '@interlink/sidecar-sdk';
import type { EngineFeatures } from '../engine/engine-features.ts';

/**
 * A rootless engine's networks are in a namespace of its own: who dials a pod's address from this machine reaches whoever has it here.
 * @throws InterLinkError `unavailable` for such an engine
 */
export function assertReachable({ rootless }: Pick<EngineFeatures, 'rootless'>): void {
  if (!rootless) return;
  throw new InterLinkError('unavailable', 'the engine is rootless: addresses of its pods can’t be reached from here');
}
