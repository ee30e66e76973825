import { expect, test } from 'vitest';
import type { Engine } from '../engine/engine.ts';
import { loopbackOf } from './host-network.ts';

/** An engine whose container runs as this process, in what network the container says. */
const engineWith = (NetworkMode: string, Pid: number) =>
  ({ inspectContainer: async () => ({ HostConfig: { NetworkMode }, State: { Pid } }) }) as unknown as Engine;

/** In the name of every control group. */
const id = '/';

test.each<[string, string, number, string | undefined]>([
  ['in the machine’s network', 'host', process.pid, '127.0.0.1'],
  ['in one of its own', 'bridge', process.pid, undefined],
  ['whose process is not of this machine', 'host', 2 ** 22 + 1, undefined],
])('loopbackOf() a container %s', async (_, network, pid, address) => {
  expect(await loopbackOf(engineWith(network, pid), id)).toBe(address);
});
