import { containerFields } from './container-fields.ts';
import type { Field } from './field.ts';
import { podFields } from './pod-fields.ts';
import { volumeFields } from './volume-fields.ts';

/** What becomes of each field of a pod's spec: what is refused, told by a Warning event, and written in docs/docker.md. */
export const allFields: ReadonlyArray<Field> = [
  ...podFields,
  ...below('containers[]', containerFields),
  ...below('volumes[]', volumeFields),
];

function below(prefix: string, fields: ReadonlyArray<Field>): Field[] {
  return fields.map((field) => ({ ...field, path: `${prefix}.${field.path}` }));
}
