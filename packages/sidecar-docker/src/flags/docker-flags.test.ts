import { describe, expect, test } from 'vitest';
import { parseDockerFlags } from './docker-flags.ts';

describe('parseDockerFlags()', () => {
  test.each<[string, object]>([
    ['--shm-size 1g', { ShmSize: 2 ** 30 }],
    ['--shm-size=64m --init', { ShmSize: 64 * 2 ** 20, Init: true }],
    [
      '--ulimit memlock=-1:-1 --ulimit "nofile=10"',
      {
        Ulimits: [
          { Name: 'memlock', Soft: -1, Hard: -1 },
          { Name: 'nofile', Soft: 10, Hard: 10 },
        ],
      },
    ],
    [
      '--device /dev/fuse',
      { Devices: [{ PathOnHost: '/dev/fuse', PathInContainer: '/dev/fuse', CgroupPermissions: 'rwm' }] },
    ],
    ["--security-opt 'label=type:x y'", { SecurityOpt: ['no-new-privileges', 'label=type:x y'] }],
    ['  ', {}],
  ])('reads %s', (text, settings) => {
    const base = { CpuShares: 2, SecurityOpt: ['no-new-privileges'] };
    expect(parseDockerFlags(text, base)).toEqual({ hostConfig: { ...base, ...settings }, problems: [] });
  });

  test.each([
    ['--network host', '--network is not one of'],
    ['-v /:/host --init', '-v is not one of'],
    ['--shm-size much', '--shm-size much is not understood'],
    ['--shm-size', '--shm-size  is not understood'],
    ['--device /etc/passwd', '--device /etc/passwd is not understood'],
    ['--init "', 'a quote is not closed'],
    ['constructor', 'constructor is not one of'],
  ])('refuses %s by name', (text, problem) => {
    expect(parseDockerFlags(text, {}).problems).toEqual([expect.stringContaining(problem)]);
  });
});
