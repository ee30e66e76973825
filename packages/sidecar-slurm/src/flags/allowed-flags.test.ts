import { describe, expect, test } from 'vitest';
import { commonFlags, parseAllowedFlags, refuseFlags } from './allowed-flags.ts';
import { sbatchOptions } from './sbatch-options.ts';

function parse(list: ReadonlyArray<unknown> | undefined) {
  const problems: string[] = [];
  return { allowed: parseAllowedFlags(list, problems), problems };
}

describe('sbatchOptions', () => {
  test('have names and letters of their own', () => {
    const names = sbatchOptions.map(({ name }) => name);
    const letters = sbatchOptions.flatMap(({ short }) => short ?? []);
    expect(names.every((name) => /^[a-z0-9-]+$/.test(name))).toBe(true);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(letters).size).toBe(letters.length);
  });

  test.each([
    'comment',
    'job-name',
    'output',
    'error',
    'chdir',
    'export',
    'signal',
    'wrap',
    'array',
    'uid',
    'parsable',
  ])('never leave --%s to a pod', (name) => {
    expect(commonFlags.has(name)).toBe(false);
    expect(parse([name])).toEqual({
      allowed: new Set(),
      problems: [expect.stringContaining(`the sidecar keeps --${name} to itself`)],
    });
  });
});

describe('parseAllowedFlags()', () => {
  test('replaces the usual ones', () => {
    expect(parse(undefined)).toEqual({ allowed: commonFlags, problems: [] });
    expect(parse(['--dependency', 'gpus*'])).toEqual({
      allowed: new Set(['dependency', 'gpus', 'gpus-per-node', 'gpus-per-socket', 'gpus-per-task']),
      problems: [],
    });
    expect(parse([])).toEqual({ allowed: new Set(), problems: [] });
  });

  test('a star never opens what the sidecar keeps to itself', () => {
    expect([...parse(['e*']).allowed]).not.toContain('export');
    expect(parse(['*']).problems).toHaveLength(1);
  });

  test.each([
    ['partitoin', /Slurm\.AllowedFlags\[0\] is "partitoin": did you mean partition\?/],
    ['p', /is "p": did you mean partition\?/],
    [7, /is 7: the long name of an option of sbatch is wanted/],
    ['zebra*', /no option that pods may set begins so/],
  ])('refuses %j', (entry, message) => {
    expect(parse([entry]).problems).toEqual([expect.stringMatching(message)]);
  });
});

test('refuseFlags() names the option and the setting', () => {
  const flags = new Map([
    ['partition', 'x'],
    ['dependency', '1'],
    ['wrap', 'id'],
  ]);
  expect(refuseFlags(flags, commonFlags)).toEqual([
    '--dependency is not allowed here: Slurm.AllowedFlags does not list it',
    "--wrap can't be set by a pod",
  ]);
});
