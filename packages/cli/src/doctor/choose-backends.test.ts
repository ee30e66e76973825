import { expect, test } from 'vitest';
import { type Check, ok } from './check.ts';
import { chooseBackends } from './choose-backends.ts';
import { inLines, runCheck } from './testing/run-check.ts';

const check: Check = {
  ...{ name: 'backends', summary: '', sides: ['site'] },
  run: async (context) => [ok([...(await chooseBackends(context))].join(', '))],
};
const silent = 'unix:///nowhere/sidecar.sock';

test.each([
  ['the one of this machine that does not answer', { SidecarService: 'slurm', SidecarURL: silent }, 'slurm'],
  ['one of another machine', { SidecarService: 'slurm', SidecarURL: 'https://elsewhere.example' }, ''],
  ['a table of those that do not answer', { Sidecars: [{ Name: 'a', URL: silent }] }, ''],
] as const)('chooseBackends() of %s', async (_case, config, kinds) => {
  expect(inLines(await runCheck(check, { side: 'site', config }))).toEqual([`ok: ${kinds}`]);
});
