import { describe, expect, test } from 'vitest';
import { toEngineFeatures } from './engine-features.ts';

const info = {
  ...{ id: 'i', host: 'h', cpus: 2, memoryBytes: 1, version: '28.0.1', architecture: 'amd64', product: 'docker' },
  ...{ runtimes: ['runc'], hasNvidiaRuntime: false, missingLimits: [], canUpdate: true, isMeasured: true },
};

describe('toEngineFeatures()', () => {
  test.each([
    ['a usual engine', ['name=seccomp,profile=builtin', 'name=cgroupns'], { seccomp: true, isUnconfined: false }],
    ['an older one', ['name=apparmor', 'name=seccomp,profile=default'], { apparmor: true, isUnconfined: false }],
    ['one without a profile of its own', ['name=seccomp,profile=unconfined'], { seccomp: true, isUnconfined: true }],
    ['one without seccomp', ['name=rootless'], { seccomp: false, isUnconfined: false, rootless: true }],
  ])('reads the security options of %s', (_, securityOptions, features) => {
    expect(toEngineFeatures({ ...info, securityOptions })).toMatchObject(features);
  });
});
