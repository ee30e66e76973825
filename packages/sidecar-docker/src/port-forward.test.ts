import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { Engine } from './engine/engine.ts';
import { FeatureReader } from './engine/engine-features.ts';
import { forwardPort } from './port-forward.ts';
import type { PodReader } from './status/pod-reader.ts';
import { owner } from './testing/running-pod.ts';

test('forwardPort() asks the engine once what it is, however many connections there are', async () => {
  const server = createServer((socket) => void socket.end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  let asked = 0;
  const engine = {
    info: async () => {
      asked += 1;
      return { securityOptions: [] };
    },
  } as unknown as Engine;
  const sandbox = { status: 'running', ip: '127.0.0.1', id: 'a' };
  const reader = { readPod: async () => ({ sandbox }) } as unknown as PodReader;
  const context = { engine, reader, features: new FeatureReader(engine) };
  const pod = { owner, uid: 'u', namespace: 'ns', name: 'p' };
  for (let connections = 0; connections < 3; connections += 1) {
    const { signal } = new AbortController();
    (await forwardPort({ pod, port, signal }, context)).destroy();
  }
  expect(asked).toBe(1);
});
