import { rm } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { notMineCode } from '../folder/claim.ts';
import { JobRun } from './testing/job-run.ts';
import { shellContainer } from './testing/plans.ts';

const containers = [shellContainer('main', 'echo ran')];

describe.concurrent('a job that may not run its pod does nothing, and ends with a code of its own:', () => {
  test('another number has the claim', async () => {
    await using job = await JobRun.start({ containers }, { files: { claim: '2\n' } });
    expect(await job.ended()).toBe(notMineCode);
    expect(job.output).toContain('is not this job');
    expect([await job.read('runner'), await job.read('pod.state'), await job.read('claim')]).toEqual(['', '', '2\n']);
  });

  test('another job has begun', async () => {
    await using job = await JobRun.start({ containers }, { files: { claim: '1\n', runner: '6\n' } });
    expect(await job.ended()).toBe(notMineCode);
    expect([await job.read('runner'), await job.read('pod.state')]).toEqual(['6\n', '']);
  });

  test('its folder is gone', async () => {
    await using job = await JobRun.start({ containers });
    await job.ended();
    await rm(job.plan.podFolder, { recursive: true });
    await using again = JobRun.again(job.plan, job.root);
    expect(await again.ended()).toBe(notMineCode);
  });
});

describe.concurrent('a job that finds no room on the file system fails, and says where:', () => {
  test.for([
    { what: 'claim', files: {} },
    { what: 'runner', files: { claim: '1\n' } },
    { what: 'run.0', files: { claim: '1\n', runner: '7\n' } },
  ])('$what', async ({ what, files }) => {
    await using job = await JobRun.start({ containers }, { files, withoutSpace: true });
    expect(await job.ended()).toBe(1);
    expect(job.output).toContain(`cannot write ${job.plan.podFolder}/${what}`);
    expect([await job.read('pod.state'), await job.read('events')]).toEqual(['', '']);
  });

  test('a claim that another one has left empty', async () => {
    await using job = await JobRun.start({ containers }, { files: { claim: '' } });
    expect(await job.ended()).toBe(1);
    expect(await job.read('runner')).toBe('');
  });
});
