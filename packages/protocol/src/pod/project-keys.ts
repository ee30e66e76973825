import type { VolumeFile } from './volume-files.ts';

/** One entry of a volume source's `items`. */
export interface KeyToPath {
  readonly key: string;
  readonly path: string;
  readonly mode?: number;
}

/** A key that `items` names and the object lacks. */
export class MissingKeyError extends Error {
  override readonly name = 'MissingKeyError';
  readonly key: string;

  constructor(key: string) {
    super(`references non-existent key: ${key}`);
    this.key = key;
  }
}

/** Options of a projection: the volume source's own fields. */
export interface ProjectionOptions {
  readonly items?: ReadonlyArray<KeyToPath> | undefined;
  readonly optional?: boolean | undefined;
  /** Permission bits for items without a mode of their own. */
  readonly defaultMode: number;
}

/**
 * Projects the keys of a ConfigMap or Secret to files, as the kubelet does: without `items` every key becomes a file of that
 * name, with `items` only the listed ones, at their paths.
 * @param data key to content in base64
 * @throws MissingKeyError when an item's key is not there and the source is not optional
 * @see https://kubernetes.io/docs/concepts/storage/volumes/#configmap
 */
export function projectKeys(data: ReadonlyMap<string, string>, options: ProjectionOptions): VolumeFile[] {
  if (options.items === undefined || options.items.length === 0) {
    return [...data].map(([key, content]) => ({ path: key, mode: options.defaultMode, data: content }));
  }
  const files: VolumeFile[] = [];
  for (const item of options.items) {
    const content = data.get(item.key);
    if (content !== undefined) files.push({ path: item.path, mode: item.mode ?? options.defaultMode, data: content });
    else if (options.optional !== true) throw new MissingKeyError(item.key);
  }
  return files;
}

/** A ConfigMap's `data` (text) and `binaryData` (base64) as one map of base64. */
export function configMapContent(object: {
  readonly data?: Readonly<Record<string, string>> | null | undefined;
  readonly binaryData?: Readonly<Record<string, string>> | null | undefined;
}): Map<string, string> {
  const content = new Map<string, string>();
  for (const [key, text] of Object.entries(object.data ?? {}))
    content.set(key, Buffer.from(text, 'utf8').toString('base64'));
  for (const [key, base64] of Object.entries(object.binaryData ?? {})) content.set(key, base64);
  return content;
}

/** A Secret's `data` (base64) and, where an author wrote one, `stringData`. */
export function secretContent(object: {
  readonly data?: Readonly<Record<string, string>> | null | undefined;
  readonly stringData?: Readonly<Record<string, string>> | null | undefined;
}): Map<string, string> {
  const content = new Map<string, string>(Object.entries(object.data ?? {}));
  for (const [key, text] of Object.entries(object.stringData ?? {}))
    content.set(key, Buffer.from(text, 'utf8').toString('base64'));
  return content;
}
