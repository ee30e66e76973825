import { describe, expect, it } from 'vitest';
import { resolveVolumeMounts } from './volume-mounts.ts';

const env = new Map([
  ['POD', 'web-0'],
  ['EMPTY', ''],
  ['ROOT', '/hidden'],
  ['UP', '../hidden'],
]);

describe('resolveVolumeMounts()', () => {
  it('turns subPathExpr into subPath and leaves the rest', () => {
    const mount = { name: 'v', mountPath: '/data', readOnly: true };
    expect(
      resolveVolumeMounts(
        [
          { ...mount, subPathExpr: 'logs/$(POD)' },
          { ...mount, subPath: '$(POD)' },
        ],
        env,
      ),
    ).toEqual([
      { ...mount, subPath: 'logs/web-0' },
      { ...mount, subPath: '$(POD)' },
    ]);
  });

  it('makes a relative mount path absolute', () => {
    expect(resolveVolumeMounts([{ name: 'v', mountPath: 'data' }], env)).toEqual([{ name: 'v', mountPath: '/data' }]);
  });

  it.each([
    ['$(NO)/$(EMPTY)/$(NO)', 'missing value for EMPTY, NO'],
    ['$(ROOT)', 'error SubPath `$(ROOT)` must not be an absolute path'],
    ['a/$(UP)', "unable to provision SubPath `a/$(UP)`: must not contain '..'"],
  ])('refuses %s', (subPathExpr, message) => {
    expect(() => resolveVolumeMounts([{ name: 'v', mountPath: '/d', subPathExpr }], env)).toThrow(message);
  });
});
