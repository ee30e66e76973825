import { describe, expect, test } from 'vitest';
import { parseEngineAddress } from './connection.ts';

describe('parseEngineAddress()', () => {
  test.each([
    [{}, { kind: 'socket', path: '/var/run/docker.sock' }],
    [{ DOCKER_HOST: 'unix:///x/docker.sock' }, { kind: 'socket', path: '/x/docker.sock' }],
    [{ DOCKER_HOST: 'tcp://h' }, { kind: 'tcp', host: 'h', port: 2375, certificates: undefined }],
    [
      { DOCKER_HOST: 'tcp://h:99', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/c' },
      { kind: 'tcp', host: 'h', port: 99, certificates: '/c' },
    ],
    [
      { DOCKER_HOST: 'tcp://h', DOCKER_TLS_VERIFY: '1', DOCKER_CONFIG: '/of/docker' },
      { kind: 'tcp', host: 'h', port: 2376, certificates: '/of/docker' },
    ],
  ])('reads %j', (env, wanted) => {
    expect(parseEngineAddress(env)).toEqual(wanted);
  });

  test.each(['ssh://h', 'h:2375', 'tcp://'])('refuses %s', (DOCKER_HOST) => {
    expect(() => parseEngineAddress({ DOCKER_HOST })).toThrow(/unix:\/\/\/path or tcp/);
  });
});
