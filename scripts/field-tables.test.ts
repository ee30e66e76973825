import { allFields as dockerFields } from '@interlink/sidecar-docker';
import { flattenFields } from '@interlink/sidecar-sdk';
import { allFields as slurmFields } from '@interlink/sidecar-slurm';
import { describe, expect, test } from 'vitest';
import { kubernetesFields } from './kubernetes-fields.ts';

describe.each([
  ['docs/docker.md', flattenFields(dockerFields)],
  ['docs/slurm.md', flattenFields(slurmFields)],
])('the fields of %s', (_, fields) => {
  const paths = new Set(fields.map(({ path }) => path));
  const known = kubernetesFields(paths);

  test('are looked up in models that are there', () => {
    expect(known.length).toBeGreaterThan(110);
  });

  test('are all that Kubernetes has', () => {
    expect(known.filter((path) => !paths.has(path))).toEqual([]);
  });

  test('are each Kubernetes’ own', () => {
    expect([...paths].filter((path) => !known.includes(path))).toEqual([]);
  });

  test('say why wherever something is not done', () => {
    const unexplained = fields.filter(({ support, note }) => ['refused', 'ignored'].includes(support) && note === '');
    expect(unexplained).toEqual([]);
  });
});
