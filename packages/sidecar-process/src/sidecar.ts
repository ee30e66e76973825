import { homedir, hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { type InterLinkConfig, InterLinkError, type SidecarDefinition } from '@interlink/sidecar-sdk';
import { createProcessBackend } from './backend.ts';

/** The process `process-sidecar`. */
export const processSidecar: SidecarDefinition = {
  name: 'process-sidecar',
  listenUrl: (config) => processSocketUrl(config, process.env),
  createBackend: async (config, logger) => {
    logger.warn(
      { account: userInfo().username, host: hostname() },
      'pods run as plain processes of this account: images are ignored and nothing is isolated',
    );
    return await createProcessBackend({
      root: config.DataRootFolder ?? join(stateFolder(process.env), 'interlink', 'process'),
      exportsPodData: config.ExportPodData,
      logger,
    });
  },
};

/** SidecarURL's default, which says nothing about this sidecar. */
const unsetUrl = 'http://127.0.0.1';

/**
 * The unix socket to listen on: SidecarURL if it is one, else `interlink/process.sock` under XDG_RUNTIME_DIR or, without one,
 * under XDG_STATE_HOME or `~/.local/state`.
 * @throws InterLinkError `invalid_argument` for any other address: whoever can call this sidecar is this account
 */
export function processSocketUrl(config: Pick<InterLinkConfig, 'SidecarURL'>, env: NodeJS.ProcessEnv): string {
  const { SidecarURL } = config;
  if (SidecarURL.startsWith('unix://')) return SidecarURL;
  if (SidecarURL !== unsetUrl) {
    throw new InterLinkError(
      'invalid_argument',
      `SidecarURL is ${JSON.stringify(SidecarURL)}: the process sidecar listens on a unix socket only, since whoever can call it runs commands as this account: unix:///path/process.sock is wanted, or nothing`,
    );
  }
  const base = nonEmpty(env.XDG_RUNTIME_DIR) ?? stateFolder(env);
  return `unix://${join(base, 'interlink', 'process.sock')}`;
}

function stateFolder(env: NodeJS.ProcessEnv): string {
  return nonEmpty(env.XDG_STATE_HOME) ?? join(homedir(), '.local', 'state');
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
