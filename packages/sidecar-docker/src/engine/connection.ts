import { homedir } from 'node:os';
import { join } from 'node:path';
import { InterLinkError } from '@interlink/sidecar-sdk';

/** Where the engine listens, before any file is read. */
export type EngineAddress =
  | { readonly kind: 'socket'; readonly path: string }
  | {
      readonly kind: 'tcp';
      readonly host: string;
      readonly port: number;
      /** Folder with ca.pem, cert.pem and key.pem; undefined: no TLS. */
      readonly certificates: string | undefined;
    };

const defaultSocket = '/var/run/docker.sock';

/**
 * Reads `DOCKER_HOST`, `DOCKER_TLS_VERIFY` and `DOCKER_CERT_PATH` as the Docker CLI does
 * (https://docs.docker.com/reference/cli/docker/#environment-variables).
 * @throws InterLinkError `invalid_argument` for what is neither `unix://` nor `tcp://`
 */
export function parseEngineAddress(env: NodeJS.ProcessEnv): EngineAddress {
  const text = env.DOCKER_HOST ?? '';
  if (text === '') return { kind: 'socket', path: defaultSocket };
  if (text.startsWith('unix://')) return { kind: 'socket', path: text.slice('unix://'.length) || defaultSocket };
  const url = text.startsWith('tcp://') && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.hostname === '') {
    throw new InterLinkError(
      'invalid_argument',
      `DOCKER_HOST is ${JSON.stringify(text)}: unix:///path or tcp://host:port is wanted`,
    );
  }
  const isTls = (env.DOCKER_TLS_VERIFY ?? '') !== '';
  const certificates = isTls ? env.DOCKER_CERT_PATH || join(homedir(), '.docker') : undefined;
  return { kind: 'tcp', host: url.hostname, port: Number(url.port || (isTls ? 2376 : 2375)), certificates };
}
