import { createLogger } from '@interlink/sidecar-sdk';
import { expect, test } from 'vitest';
import { PodFolder } from '../folder/pod-folder.ts';
import { owner, podWith } from '../testing/pods.ts';
import { PodBook } from './pod-book.ts';
import { PodEntry } from './pod-entry.ts';

test('PodBook tells of a pod before the first of its events, and once', () => {
  const pod = podWith();
  const folder = new PodFolder('/nonexistent', pod.metadata);
  const entry = new PodEntry(folder, { owner, pod, acceptedAt: '2027-01-01T00:00:00Z', order: {} as never });
  const book = new PodBook('/nonexistent', () => 0, createLogger('slurm-test', 'silent'));
  book.add(entry);
  const told: string[] = [];
  book.tellTo({
    report: ({ report }) => void told.push(`pod ${report.uid}`),
    event: (uid, { reason }) => void told.push(`${reason} ${uid}`),
    gone: () => undefined,
    relist: () => undefined,
  });
  for (const reason of ['A', 'B']) book.event(entry.uid, { type: 'Normal', reason, message: '' });
  expect(told).toEqual([`pod ${entry.uid}`, `A ${entry.uid}`, `B ${entry.uid}`]);
});
