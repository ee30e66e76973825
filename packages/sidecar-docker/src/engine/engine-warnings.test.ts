import { describe, expect, test } from 'vitest';
import { engineWarnings } from './engine-warnings.ts';

const usual = {
  ...{ id: 'i', host: 'h', cpus: 2, memoryBytes: 1, version: '20.10.24', architecture: 'amd64', product: 'docker' },
  ...{
    securityOptions: ['name=seccomp,profile=default'],
    runtimes: ['runc'],
    hasNvidiaRuntime: false,
    missingLimits: [],
    canUpdate: true,
    isMeasured: true,
  },
};

describe('engineWarnings()', () => {
  test('says nothing of an engine as most are', () => {
    expect(engineWarnings(usual)).toEqual([]);
  });

  test('names another product, an engine without root, and limits that it lacks', () => {
    const securityOptions = ['name=rootless'];
    const missingLimits = ['memory'];
    const podman = { product: 'Podman Engine', canUpdate: false };
    expect(engineWarnings({ ...usual, ...podman, securityOptions, missingLimits })).toEqual([
      'the engine is Podman Engine, by its Docker-compatible socket',
      expect.stringContaining('rootless'),
      expect.stringContaining('no seccomp'),
      expect.stringContaining('no pod is resized in place'),
      "the engine can't limit memory",
    ]);
  });
});
