import { allFields } from '@interlink/sidecar-docker';
import * as kubernetes from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';

interface Model {
  readonly attributeTypeMap: ReadonlyArray<{ readonly baseName: string; readonly type: string }>;
}

const models = kubernetes as unknown as Readonly<Record<string, Model | undefined>>;
const paths = new Set(allFields.map(({ path }) => path));
const isAboveRow = (path: string) =>
  [...paths].some((row) => row.startsWith(`${path}.`) || row.startsWith(`${path}[]`));

/** Fields of Kubernetes' own model: as far down as the table goes, and no further. */
function fieldsOf(model: string, prefix: string): string[] {
  const { attributeTypeMap = [] } = models[model] ?? {};
  return attributeTypeMap.flatMap(({ baseName, type }) => {
    const element = /^Array<(\w+)>$/.exec(type)?.[1];
    const path = `${prefix}${baseName}`;
    // Their rows are those of `containers[]`.
    if (path === 'initContainers' || path === 'ephemeralContainers') return [];
    if (paths.has(path) || !isAboveRow(path)) return [path];
    return fieldsOf(element ?? type, element === undefined ? `${path}.` : `${path}[].`);
  });
}

describe('the fields of docs/docker.md', () => {
  const known = [...fieldsOf('V1PodSpec', ''), ...fieldsOf('V1EphemeralContainer', 'containers[].')];

  test('are looked up in models that are there', () => {
    expect(known.length).toBeGreaterThan(120);
  });

  test('are all that Kubernetes has', () => {
    expect(known.filter((path) => !paths.has(path))).toEqual([]);
  });

  test('are each Kubernetes’ own', () => {
    expect([...paths].filter((path) => !known.includes(path))).toEqual([]);
  });

  test('say why wherever something is not done', () => {
    const unexplained = allFields.filter(
      ({ support, note }) => ['refused', 'ignored'].includes(support) && note === '',
    );
    expect(unexplained).toEqual([]);
  });
});
