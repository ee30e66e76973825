import { expect, test } from 'vitest';
import { describeGoProblem, findMissingRequirements, type Requirement, toAptPackages } from './requirements.ts';

const MET: Requirement = {
  part: 'docker',
  name: 'tar',
  check: async () => undefined,
  howToGet: 'none',
  aptPackage: 'tar',
};
const LACKING: Requirement = { ...MET, name: 'dockerd', check: async () => 'not found', aptPackage: 'docker.io' };
const OTHER_PART: Requirement = { ...LACKING, part: 'controlPlane', name: 'openssl', aptPackage: 'openssl' };

test('findMissingRequirements() tells of unmet requirements of the parts asked for, as plain data', async () => {
  expect(await findMissingRequirements(['docker'], [MET, LACKING, OTHER_PART])).toEqual([
    { part: 'docker', name: 'dockerd', problem: 'not found', howToGet: 'none', aptPackage: 'docker.io' },
  ]);
});

test('toAptPackages() names each package once and leaves out what no package brings', () => {
  const missing = { part: 'docker', name: 'x', problem: 'not found', howToGet: 'none' } as const;
  const packages = ['docker.io', 'busybox-static', 'docker.io'].map((aptPackage) => ({ ...missing, aptPackage }));
  expect(toAptPackages([missing, ...packages])).toEqual(['busybox-static', 'docker.io']);
});

test.each([
  { installed: 'go1.26.8', setting: 'local', problem: undefined },
  { installed: 'go1.26.0', setting: 'local', problem: undefined },
  { installed: 'go1.27rc1', setting: 'local', problem: undefined },
  { installed: 'go1.21.0', setting: 'auto', problem: undefined },
  { installed: 'go1.24.4', setting: 'local', problem: 'go.mod asks for 1.26.0, and GOTOOLCHAIN=local' },
  { installed: 'go1.19.8', setting: '', problem: 'older than 1.21' },
])('describeGoProblem() judges $installed with GOTOOLCHAIN=$setting', ({ installed, setting, problem }) => {
  const described = describeGoProblem(installed, setting, 'module example\n\ngo 1.26.0\n');
  if (problem === undefined) expect(described).toBeUndefined();
  else expect(described).toContain(problem);
});
