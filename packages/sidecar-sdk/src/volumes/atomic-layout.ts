import type { VolumeFile } from '@interlink/protocol';

/** The link that points to the present files; swapping it changes all of them at once. */
export const dataLink = '..data';

/** A file to write, below the folder that {@link dataLink} will point to. */
export interface LaidOutFile {
  readonly path: string;
  readonly mode: number;
  readonly content: Buffer;
}

/** What the kubelet's atomic writer makes of a volume (https://github.com/kubernetes/kubernetes/blob/master/pkg/volume/util/atomic_writer.go). */
export interface AtomicLayout {
  /** `..2026_01_31_23_59_59.123456789` */
  readonly folder: string;
  readonly files: ReadonlyArray<LaidOutFile>;
  /** Names at the volume's top, each a link to `..data/<name>`. */
  readonly links: ReadonlyArray<string>;
}

/**
 * @param files of the resolved volume
 * @param at milliseconds since the epoch; with the salt it names a folder that was never used
 * @param hasGroup with an fsGroup its members can read every file
 */
export function layOut(
  files: ReadonlyArray<VolumeFile>,
  { at, salt, hasGroup }: { readonly at: number; readonly salt: string; readonly hasGroup: boolean },
): AtomicLayout {
  const stamp = new Date(at).toISOString().slice(0, 19).replace('T', '_').replace(/[-:]/g, '_');
  return {
    folder: `..${stamp}.${salt}`,
    // Sources of a projected volume may overlap: the last one wins.
    files: [...new Map(files.map((file) => [file.path, file])).values()].map(({ path, mode, data }) => ({
      path,
      mode: hasGroup ? mode | 0o440 : mode,
      content: Buffer.from(data, 'base64'),
    })),
    links: [...new Set(files.map(({ path }) => path.split('/')[0] ?? path))],
  };
}
