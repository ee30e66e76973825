import type { KeyToPath, Pod, Volume } from '@interlink/kube';
import { configMapContent, MissingKeyError, projectKeys, secretContent, type VolumeFile } from '@interlink/protocol';
import { volumeFieldValue } from './field-ref.ts';
import type { NodeFacts } from './node-facts.ts';
import { type PodObjects, type Reference, warning } from './pod-objects.ts';
import { Unresolvable } from './resolve-error.ts';
import { resourceFieldValue } from './resource-field-ref.ts';

/** Permission bits of files for which nothing else is said: 0644. */
export const DEFAULT_FILE_MODE = 0o644;

/** What the files of a volume are made from. */
export interface VolumeSources {
  pod: Pod;
  node: NodeFacts;
  objects: PodObjects;
}

/** A ConfigMap or Secret as a volume names it. */
export interface KeysSource {
  reference: Reference;
  items: KeyToPath[] | undefined;
  defaultMode: number;
}

/**
 * The keys of a ConfigMap or Secret as files. What is optional and not there gives none.
 * @throws Unresolvable
 */
export async function keyFiles(
  { reference, items, defaultMode }: KeysSource,
  objects: PodObjects,
): Promise<VolumeFile[]> {
  const { kind, optional } = reference;
  const options = { items, optional, defaultMode };
  const object = await objects.find(kind, reference);
  const content = kind === 'ConfigMap' ? configMapContent(object ?? {}) : secretContent({ data: object?.data });
  try {
    return projectKeys(content, options);
  } catch (err) {
    if (!(err instanceof MissingKeyError)) throw err;
    // The two differ in the kubelet too.
    const message =
      kind === 'ConfigMap'
        ? `configmap references non-existent config key: ${err.key}`
        : `references non-existent secret key: ${err.key}`;
    const why = `key ${JSON.stringify(err.key)} does not exist in ${kind.toLowerCase()} ${JSON.stringify(reference.name)}`;
    throw new Unresolvable(
      message,
      [warning(`Mandatory${kind}KeyNotFound`, why)],
      [objects.missing(reference, object)],
    );
  }
}

type DownwardAPIItems = NonNullable<NonNullable<Volume['downwardAPI']>['items']>;

/**
 * The pod's own fields and its containers' resources as files.
 * @throws Unresolvable
 */
export function downwardAPIFiles(
  items: DownwardAPIItems,
  defaultMode: number,
  { pod, node }: VolumeSources,
): VolumeFile[] {
  return items.map(({ path, mode = defaultMode, fieldRef, resourceFieldRef }) => {
    let text: string;
    if (fieldRef !== undefined) text = volumeFieldValue(fieldRef.fieldPath, pod);
    else if (resourceFieldRef !== undefined) text = resourceFieldValue(resourceFieldRef, pod, node, '');
    else throw new Unresolvable(`downward API item ${JSON.stringify(path)} has neither fieldRef nor resourceFieldRef`);
    return { path, mode, data: Buffer.from(text, 'utf8').toString('base64') };
  });
}
