import type { Kind } from '../kinds/kind.ts';
import type { Json, KubeObject } from '../object.ts';

const type = { kind: 'Table', apiVersion: 'meta.k8s.io/v1' };

/** Whether a client wants what `kubectl get` shows instead of the objects. */
export function wantsTable(accept: string): boolean {
  return accept.includes('as=Table');
}

/** What `kubectl get` shows of objects (https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables). */
export function toTable({ columns }: Kind, objects: ReadonlyArray<KubeObject>, metadata: Json): Json {
  const columnDefinitions = columns.map(({ name, isWide }) => ({
    ...{ name, type: 'string', format: name === 'Name' ? 'name' : '', description: name },
    priority: isWide === true ? 1 : 0,
  }));
  const rows = objects.map((object) => ({
    cells: columns.map(({ value }) => value(object)),
    object: { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object.metadata },
  }));
  return { ...type, metadata, columnDefinitions, rows };
}
