import type { Pod } from '@interlink/kube';
import type { ResolvedVolume } from '@interlink/protocol';
import { fetchTokens } from '../resolve/fetch-tokens.ts';
import type { NodeFacts } from '../resolve/node-facts.ts';
import type { ObjectReader } from '../resolve/object-reader.ts';
import { PodObjects } from '../resolve/pod-objects.ts';
import { ResolveError } from '../resolve/resolve-error.ts';
import { resolveVolumes } from '../resolve/resolve-volumes.ts';
import type { VolumeUse } from './volume-uses.ts';

export interface DueVolumes {
  readonly volumes: ResolvedVolume[];
  /** What can't be resolved, by volume: its files stay as they are. */
  readonly troubles: ReadonlyMap<string, ResolveError>;
  readonly versions: ReadonlyMap<string, string | undefined>;
}

export interface ResolveDueOptions {
  readonly reader: ObjectReader;
  readonly node: NodeFacts;
  readonly signal: AbortSignal;
}

/** The newest files of some of a pod's volumes; one in trouble does not keep the others back. @throws the signal's reason */
export async function resolveDue(
  pod: Pod,
  uses: ReadonlyArray<VolumeUse>,
  { reader, node, signal }: ResolveDueOptions,
): Promise<DueVolumes> {
  const objects = new PodObjects(reader, pod.metadata?.namespace ?? '', signal);
  const troubles = new Map<string, ResolveError>();
  const volumes: ResolvedVolume[] = [];
  for (const { volume } of uses) {
    try {
      const drafts = await resolveVolumes([volume], { pod, node, objects });
      volumes.push(...(await fetchTokens(drafts, pod, { objects: reader, signal })));
    } catch (error) {
      if (!(error instanceof ResolveError)) throw error;
      troubles.set(volume.name, error);
    }
  }
  return { volumes, troubles, versions: objects.versions };
}
