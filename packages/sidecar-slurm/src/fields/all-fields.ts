import { type Field, FieldExaminer, fieldsBelow } from '@interlink/sidecar-sdk';
import type { SlurmSite } from '../site/slurm-site.ts';
import { containerFields } from './container-fields.ts';
import { podFields } from './pod-fields.ts';
import { volumeFields } from './volume-fields.ts';

/** What becomes of each field of a pod's spec: what is refused, told by a Warning event, and written in docs/slurm.md. */
export const allFields: ReadonlyArray<Field<SlurmSite>> = [
  ...podFields,
  ...fieldsBelow('containers[]', containerFields),
  ...fieldsBelow('volumes[]', volumeFields),
];

export const fieldExaminer = new FieldExaminer(allFields);
