import type { VolumeProjection } from '@interlink/kube';
import type { VolumeFile } from '@interlink/protocol';
import type { Reference } from './pod-objects.ts';
import { Unresolvable } from './resolve-error.ts';
import { trustAnchors } from './trust-anchors.ts';
import { downwardAPIFiles, keyFiles, type VolumeSources } from './volume-files.ts';

/** A file for a service account's token, which is asked for only when nothing else stands in the pod's way. */
export interface TokenFile {
  path: string;
  mode: number;
  token: { audiences: string[]; expirationSeconds: number | undefined };
}

/**
 * The files of a projected volume, in the order of its sources.
 * @throws Unresolvable with the trouble of all sources together, as the kubelet tells it
 */
export async function projectedFiles(
  projections: readonly VolumeProjection[],
  defaultMode: number,
  sources: VolumeSources,
): Promise<Array<VolumeFile | TokenFile>> {
  const files: Array<VolumeFile | TokenFile> = [];
  const troubles: Unresolvable[] = [];
  for (const projection of projections) {
    try {
      files.push(...(await sourceFiles(projection, defaultMode, sources)));
    } catch (err) {
      if (!(err instanceof Unresolvable)) throw err;
      troubles.push(err);
    }
  }
  if (troubles.length > 0) throw aggregate(troubles);
  return files;
}

async function sourceFiles(
  projection: VolumeProjection,
  defaultMode: number,
  sources: VolumeSources,
): Promise<Array<VolumeFile | TokenFile>> {
  const { configMap, secret, downwardAPI, serviceAccountToken, clusterTrustBundle } = projection;
  if (secret !== undefined) {
    return keyFiles({ reference: toReference('Secret', secret), items: secret.items, defaultMode }, sources.objects);
  }
  if (configMap !== undefined) {
    const reference = toReference('ConfigMap', configMap);
    return keyFiles({ reference, items: configMap.items, defaultMode }, sources.objects);
  }
  if (downwardAPI !== undefined) return downwardAPIFiles(downwardAPI.items ?? [], defaultMode, sources);
  if (serviceAccountToken !== undefined) {
    const { path, audience, expirationSeconds } = serviceAccountToken;
    const audiences = audience === undefined || audience === '' ? [] : [audience];
    return [{ path, mode: ownMode(sources, defaultMode), token: { audiences, expirationSeconds } }];
  }
  if (clusterTrustBundle !== undefined) {
    const text = trustAnchors(clusterTrustBundle, await sources.objects.trustBundles());
    const data = Buffer.from(text, 'utf8').toString('base64');
    return [{ path: clusterTrustBundle.path, mode: ownMode(sources, defaultMode), data }];
  }
  const [unknown] = Object.keys(projection);
  if (unknown === undefined) return [];
  throw new Unresolvable(`projected volume source ${unknown} is not supported by this node`);
}

/** With an fsGroup the backend adds the group's read bit: 0600 becomes 0640. */
function ownMode({ pod }: VolumeSources, defaultMode: number): number {
  return pod.spec?.securityContext?.fsGroup === undefined ? defaultMode : 0o600;
}

function toReference(kind: Reference['kind'], { name = '', optional = false }: { name?: string; optional?: boolean }) {
  return { kind, name, optional };
}

/** As `Error()` of Kubernetes' own aggregate: one message as it is, several in brackets, none twice. */
function aggregate(troubles: Unresolvable[]): Unresolvable {
  const messages = [...new Set(troubles.map(({ message }) => message))];
  return new Unresolvable(
    messages.length === 1 ? (messages[0] ?? '') : `[${messages.join(', ')}]`,
    troubles.flatMap(({ notices }) => notices),
    troubles.flatMap(({ missing }) => missing),
    troubles.some(({ isPassing }) => isPassing),
  );
}
