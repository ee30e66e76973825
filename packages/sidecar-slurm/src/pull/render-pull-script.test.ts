import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type { PlannedImage } from '../image/planned-image.ts';
import type { JobPlan } from '../script/job-plan.ts';
import { jobPlan, plannedContainer } from '../script/testing/plans.ts';
import { planPulls } from './plan-pulls.ts';
import { renderPullScript } from './render-pull-script.ts';

const image: PlannedImage = {
  ...{ uri: 'docker://reg.example.org/a@sha256:1', name: 'reg.example.org/a:1', path: '', key: 'sha256-1' },
  ...{ imageId: 'reg.example.org/a@sha256:1', policy: 'IfNotPresent', repository: 'reg.example.org/a' },
  ...{ isVerified: true, logins: [{ username: 'alice', password: 'open sesame' }], accessKeys: ['0f'] },
  isInsecure: false,
  lookedFor: '',
};
const container = (parts: Partial<PlannedImage>) => ({ image: { ...image, ...parts }, isReadOnly: false });
const pod: Partial<JobPlan> = {
  containers: [plannedContainer('init', { kind: 'init' }), plannedContainer('file'), plannedContainer('7')],
  imagesPulledBy: 'login',
  runtime: {
    ...{ driver: 'apptainer', path: 'apptainer', imageCache: '/root/.images', hostname: 'p', hostLines: [] },
    ...{ options: [], prefix: [] },
    containers: { '7': container({ key: '' }), file: container({ path: '/images/a.sif' }), init: container({}) },
  },
};

test('planPulls() has the containers’ order, and nothing that is a path, or that jobs pull', () => {
  expect(planPulls(jobPlan(pod))).toEqual([
    { container: 'init', image: 'busybox', key: 'sha256-1' },
    { container: '7', image: 'busybox', key: '' },
  ]);
  expect(planPulls(jobPlan({ ...pod, imagesPulledBy: 'job' }))).toEqual([]);
  expect(planPulls(jobPlan({ ...pod, runtime: { driver: 'none' } }))).toEqual([]);
});

const common = { path: '/opt/runtime', imageCache: '/root/.images', hostname: 'p', hostLines: [], options: [] };
const main = { ...container({}), uri: 'docker://reg.example.org#a:1' };

test.each<JobPlan['runtime']>([
  { driver: 'apptainer', ...common, prefix: [], containers: { main } },
  { driver: 'enroot', ...common, containers: { main } },
])('renderPullScript() for $driver is bash, and holds no login', (runtime) => {
  const script = renderPullScript(jobPlan({ imagesPulledBy: 'login', runtime }));
  expect(spawnSync('bash', ['-n'], { input: script, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  expect(script.trimEnd().split('\n').at(-1)).toBe('pull_ahead "$1"');
  expect(script).not.toMatch(/sesame|alice:/);
});
