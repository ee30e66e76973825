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

/** As `DOCKER_HOST` has it. */
export function renderEngineAddress(address: EngineAddress): string {
  return address.kind === 'socket' ? `unix://${address.path}` : `tcp://${address.host}:${address.port}`;
}

const defaultSocket = '/var/run/docker.sock';

/** The Docker CLI's own folder: certificates, `config.json`, contexts. */
export function dockerFolder(env: NodeJS.ProcessEnv): string {
  return env.DOCKER_CONFIG || join(homedir(), '.docker');
}

/**
 * Reads `DOCKER_HOST`, `DOCKER_TLS_VERIFY` and `DOCKER_CERT_PATH` as the Docker CLI does
 * (https://docs.docker.com/reference/cli/docker/#environment-variables).
 * @throws InterLinkError `invalid_argument` for what is neither `unix://` nor `tcp://`
 */
export function parseEngineAddress(env: NodeJS.ProcessEnv): EngineAddress {
  const isTls = (env.DOCKER_TLS_VERIFY ?? '') !== '';
  const certificates = isTls ? env.DOCKER_CERT_PATH || dockerFolder(env) : undefined;
  return parseHost(env.DOCKER_HOST ?? '', { of: 'DOCKER_HOST', certificates });
}

/** @param text empty: the engine of this machine. `of`: whose word it is @throws InterLinkError `invalid_argument` */
export function parseHost(
  text: string,
  { of, certificates }: { readonly of: string; readonly certificates: string | undefined },
): EngineAddress {
  if (text === '') return { kind: 'socket', path: defaultSocket };
  if (text.startsWith('unix://')) return { kind: 'socket', path: text.slice('unix://'.length) || defaultSocket };
  const url = text.startsWith('tcp://') && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.hostname === '') {
    throw new InterLinkError(
      'invalid_argument',
      `${of} is ${JSON.stringify(text)}: unix:///path or tcp://host:port is wanted`,
    );
  }
  const port = Number(url.port || (certificates === undefined ? 2375 : 2376));
  return { kind: 'tcp', host: url.hostname, port, certificates };
}
