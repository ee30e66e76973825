import { createSidecarServer, type SidecarDefinition, sidecarUrl } from '@interlink/sidecar-sdk';
import { createMockBackend } from './backend.ts';
import { createMisbehavingServer } from './misbehaviour/misbehaving-server.ts';
import type { Mischief } from './misbehaviour/misbehaviour.ts';
import { findMisbehaviour } from './misbehaviour/misbehaviours.ts';

/**
 * The process `mock-sidecar`: listens on SidecarURL with port 4002 unless SidecarPort is set, whatever SidecarService says.
 * `MOCK_MISBEHAVE` names a way in which it is to be wrong.
 */
export const mockSidecar: SidecarDefinition = mockSidecarOf(process.env);

/** @param env `MOCK_MISBEHAVE` is read when the process starts */
export function mockSidecarOf(env: NodeJS.ProcessEnv): SidecarDefinition {
  let mischief: Mischief | undefined;
  return {
    name: 'mock-sidecar',
    listenUrl: (config) => sidecarUrl({ ...config, SidecarService: 'mock' }),
    createBackend: async (_, logger) => {
      const name = env.MOCK_MISBEHAVE ?? '';
      const backend = createMockBackend();
      if (name === '') return backend;
      const { summary, begin } = findMisbehaviour(name);
      logger.warn({ misbehaviour: name, summary }, 'MOCK_MISBEHAVE is set: this sidecar is wrong on purpose');
      mischief = begin();
      return mischief.backend?.(backend) ?? backend;
    },
    createServer: (options) =>
      mischief === undefined ? createSidecarServer(options) : createMisbehavingServer(options, mischief),
  };
}
