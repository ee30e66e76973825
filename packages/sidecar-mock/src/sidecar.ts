import {
  createSidecarServer,
  type Logger,
  type SidecarDefinition,
  type SidecarServerOptions,
  sidecarUrl,
} from '@interlink/sidecar-sdk';
import type { FastifyInstance } from 'fastify';
import { createMockBackend } from './backend.ts';
import { ScriptFile } from './file/script-file.ts';
import { createScriptedBackend } from './file/scripted-backend.ts';
import { serveByScript } from './file/scripted-server.ts';
import { createMisbehavingServer } from './misbehaviour/misbehaving-server.ts';
import type { Mischief } from './misbehaviour/misbehaviour.ts';
import { findMisbehaviour } from './misbehaviour/misbehaviours.ts';

/**
 * The process `mock-sidecar`: listens on SidecarURL with port 4002 unless SidecarPort is set, whatever SidecarService says.
 * `Mock.Script` names a file that says what is to be played, and `MOCK_MISBEHAVE` a way in which it is to be wrong.
 */
export const mockSidecar: SidecarDefinition = mockSidecarOf(process.env);

/** @param env `MOCK_MISBEHAVE` is read when the process starts */
export function mockSidecarOf(env: NodeJS.ProcessEnv): SidecarDefinition {
  let mischief: Mischief | undefined;
  let file: ScriptFile | undefined;
  return {
    name: 'mock-sidecar',
    listenUrl: (config) => sidecarUrl({ ...config, SidecarService: 'mock' }),
    createBackend: async (config, logger) => {
      const path = config['Mock.Script'];
      file = path === undefined ? undefined : await ScriptFile.load(path, logger);
      const backend = file === undefined ? createMockBackend() : createScriptedBackend(file);
      mischief = beginMischief(env.MOCK_MISBEHAVE || file?.loaded.script.misbehave, logger);
      return mischief?.backend?.(backend) ?? backend;
    },
    createServer: (options) => {
      const app = createServer(options, mischief);
      if (file !== undefined) serveByScript(app, file, options.shutdown);
      return app;
    },
  };
}

function beginMischief(name: string | undefined, logger: Logger): Mischief | undefined {
  if (name === undefined) return undefined;
  const { summary, begin } = findMisbehaviour(name);
  logger.warn(
    { misbehaviour: name, summary },
    'this sidecar is wrong on purpose, as MOCK_MISBEHAVE or its script asks',
  );
  return begin();
}

function createServer(options: SidecarServerOptions, mischief: Mischief | undefined): FastifyInstance {
  return mischief === undefined ? createSidecarServer(options) : createMisbehavingServer(options, mischief);
}
