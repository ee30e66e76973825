import Type, { type Static } from 'typebox';
import { parserOf } from '../validate.ts';
import { ResolvedVolume } from './volume-files.ts';

/**
 * The body of `PATCH …/pods/{uid}/volumes`: the whole new content of the named volumes. A file that is not listed goes; a volume
 * that is not named stays as it is.
 */
export const VolumesUpdate = Type.Object({ volumes: Type.Array(ResolvedVolume, { minItems: 1 }) });
export type VolumesUpdate = Static<typeof VolumesUpdate>;

/** @throws InterLinkError `invalid_argument`, naming each place that does not fit */
export const parseVolumesUpdate = parserOf(VolumesUpdate, 'update of volumes');
