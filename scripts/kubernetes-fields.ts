import * as kubernetes from '@kubernetes/client-node';

interface Model {
  readonly attributeTypeMap: ReadonlyArray<{ readonly baseName: string; readonly type: string }>;
}

const models = kubernetes as unknown as Readonly<Record<string, Model | undefined>>;

/** Fields of Kubernetes' own model of a pod: as far down as a backend's table of fields goes, and no further. */
export function kubernetesFields(table: ReadonlySet<string>): string[] {
  const fieldsOf = (model: string, prefix: string): string[] => {
    const { attributeTypeMap = [] } = models[model] ?? {};
    return attributeTypeMap.flatMap(({ baseName, type }) => {
      const element = /^Array<(\w+)>$/.exec(type)?.[1];
      const path = `${prefix}${baseName}`;
      // Their rows are those of `containers[]`.
      if (path === 'initContainers' || path === 'ephemeralContainers') return [];
      if (table.has(path) || !isAboveRow(path)) return [path];
      return fieldsOf(element ?? type, element === undefined ? `${path}.` : `${path}[].`);
    });
  };
  const isAboveRow = (path: string) =>
    [...table].some((row) => row.startsWith(`${path}.`) || row.startsWith(`${path}[]`));
  return [...fieldsOf('V1PodSpec', ''), ...fieldsOf('V1EphemeralContainer', 'containers[].')];
}
