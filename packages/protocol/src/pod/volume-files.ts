import Type, { type Static } from 'typebox';
import { LabelName } from '../names.ts';

/**
 * A path inside a volume: relative, no empty part, no `.` or `..`, no NUL. Checked on both ends: it becomes a path on the host.
 * `[\s\S]` and not `.`, which stops at a newline.
 */
export const VolumePath = Type.String({
  pattern: '^(?!/)(?![\\s\\S]*//)(?![\\s\\S]*/$)(?!([\\s\\S]*/)?\\.{1,2}(/|$))[^\\u0000]+$',
  maxLength: 4096,
});

/** One file of a resolved volume. */
export const VolumeFile = Type.Object({
  path: VolumePath,
  /** Permission bits, decimal in JSON (0644 is 420), as Kubernetes writes `defaultMode`. */
  mode: Type.Integer({ minimum: 0, maximum: 0o777 }),
  /** The content in base64: a ConfigMap's `binaryData` and a Secret need not be text. */
  data: Type.String({ pattern: '^[A-Za-z0-9+/]*={0,2}$' }),
});
export type VolumeFile = Static<typeof VolumeFile>;

/** A configMap, secret, downwardAPI or projected volume as plain files, ready to be written. */
export const ResolvedVolume = Type.Object({ name: LabelName, files: Type.Array(VolumeFile) });
export type ResolvedVolume = Static<typeof ResolvedVolume>;
