import type { PodReport } from '@interlink/protocol';
import { expect, test } from 'vitest';
import type { OwnedReport } from '../backend.ts';
import { PodRegistry } from './pod-registry.ts';

const owner = { cluster: 'c', node: 'n' };
const uidOf = (index: number) => `11111111-1111-4111-8111-${String(index).padStart(12, '0')}`;

function owned(index: number, jobID = 'old'): OwnedReport {
  const report: PodReport = {
    uid: uidOf(index),
    namespace: 'ns',
    name: `p${index}`,
    status: { containerStatuses: [], jobID },
  };
  return { owner, report };
}

function registryWith(...pods: OwnedReport[]): PodRegistry {
  const registry = new PodRegistry(() => undefined);
  for (const pod of pods) registry.report(pod);
  return registry;
}

const jobs = (registry: PodRegistry) =>
  registry
    .logOf(owner)
    .reports()
    .map(({ name, status }) => [name, status.jobID]);

test('replaceAll() takes the list as the truth', async () => {
  const registry = registryWith(owned(1), owned(2));
  await registry.replaceAll(async () => [owned(2, 'new'), owned(3)]);
  expect(jobs(registry)).toEqual([
    ['p2', 'new'],
    ['p3', 'old'],
  ]);
});

test('replaceAll() believes news that came while the list was made', async () => {
  const registry = registryWith(owned(1), owned(2), owned(4));
  await registry.replaceAll(async () => {
    registry.report(owned(1, 'news'));
    registry.gone(uidOf(2));
    registry.report(owned(3, 'news'));
    return [owned(1), owned(2), owned(4)];
  });
  expect(jobs(registry)).toEqual([
    ['p1', 'news'],
    ['p4', 'old'],
    ['p3', 'news'],
  ]);
});

test('replaceAll() changes nothing when the list fails', async () => {
  const registry = registryWith(owned(1));
  await expect(registry.replaceAll(async () => Promise.reject(new Error('down')))).rejects.toThrow('down');
  expect(jobs(registry)).toEqual([['p1', 'old']]);
});

test('find() tells nothing of another owner’s pod', () => {
  const registry = registryWith(owned(1));
  expect(registry.find(owner, uidOf(1))).toBeDefined();
  expect(registry.find(owner, uidOf(2))).toBeUndefined();
  expect(() => registry.find({ ...owner, node: 'other' }, uidOf(1))).toThrow('No pod');
});
