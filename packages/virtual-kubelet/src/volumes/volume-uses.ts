import type { Pod, Volume, VolumeProjection } from '@interlink/kube';
import { keyOf, type WatchedObject } from '../resolve/object-watches.ts';
import { allTrustBundles } from '../resolve/trust-bundles.ts';

/** What the files of one volume are made from. */
export interface VolumeUse {
  readonly volume: Volume;
  /** Its ConfigMaps, Secrets and ClusterTrustBundles, by {@link keyOf}. */
  readonly objects: ReadonlyMap<string, WatchedObject>;
  readonly hasToken: boolean;
  /** The pod's own labels, annotations and resources. */
  readonly hasPodFields: boolean;
}

/** The volumes of a pod whose files may have to change while it runs, by name. */
export function volumeUses({ metadata, spec }: Pod): Map<string, VolumeUse> {
  const namespace = metadata?.namespace ?? '';
  const uses = (spec?.volumes ?? []).map((volume) => [volume.name, volumeUse(volume, namespace)] as const);
  return new Map(uses.flatMap(([name, use]) => (use === undefined ? [] : [[name, use]])));
}

function volumeUse(volume: Volume, namespace: string): VolumeUse | undefined {
  const sources = sourcesOf(volume);
  if (sources === undefined) return undefined;
  const objects = sources.flatMap(({ configMap, secret, clusterTrustBundle }): WatchedObject[] => [
    ...(clusterTrustBundle === undefined ? [] : [allTrustBundles]),
    ...(configMap?.name === undefined ? [] : [{ kind: 'ConfigMap', namespace, name: configMap.name } as const]),
    ...(secret?.name === undefined ? [] : [{ kind: 'Secret', namespace, name: secret.name } as const]),
  ]);
  return {
    volume,
    objects: new Map(objects.map((object) => [keyOf(object), object])),
    hasToken: sources.some(({ serviceAccountToken }) => serviceAccountToken !== undefined),
    hasPodFields: sources.some(({ downwardAPI }) => downwardAPI !== undefined),
  };
}

/** Each volume of files as if it were a projected one. */
function sourcesOf({ configMap, secret, downwardAPI, projected }: Volume): VolumeProjection[] | undefined {
  if (projected !== undefined) return projected.sources ?? [];
  if (configMap !== undefined) return [{ configMap: { name: configMap.name ?? '' } }];
  if (secret !== undefined) return [{ secret: { name: secret.secretName ?? '' } }];
  return downwardAPI === undefined ? undefined : [{ downwardAPI: {} }];
}
