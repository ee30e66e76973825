import { describe, expect, test } from 'vitest';
import type { PodJob } from '../slurm/slurm-job.ts';
import { ManualClock } from '../slurm/testing/manual-clock.ts';
import { anIdentity, anOrder } from '../slurm/testing/orders.ts';
import { SimulatedController } from '../slurm/testing/simulated-controller.ts';
import { Orphans } from './orphans.ts';

function jobIn(workingDirectory: string): PodJob {
  const controller = new SimulatedController(new ManualClock());
  return controller.job(controller.accept(anOrder({ workingDirectory }))).job;
}

const nobody = () => false;

describe('Orphans', () => {
  const folder = `/data/ns-${anIdentity.uid}`;

  test('finds a job without a pod, once it was seen so three times in a row', () => {
    const orphans = new Orphans('/data');
    const jobs = [jobIn(folder)];
    expect([orphans.find(jobs, nobody), orphans.find(jobs, nobody)]).toEqual([[], []]);
    expect(orphans.find(jobs, nobody)).toEqual(['1']);
  });

  test('begins to count anew when the pod was there', () => {
    const orphans = new Orphans('/data');
    const jobs = [jobIn(folder)];
    for (const hasPod of [nobody, nobody, () => true, nobody, nobody]) expect(orphans.find(jobs, hasPod)).toEqual([]);
  });

  test.each(['/data/deeper/ns-1', '/other/ns-1', '/data', ''])('leaves alone a job of %j', (workingDirectory) => {
    const orphans = new Orphans('/data');
    const jobs = [jobIn(workingDirectory)];
    for (let look = 0; look < 5; look += 1) expect(orphans.find(jobs, nobody)).toEqual([]);
  });
});
