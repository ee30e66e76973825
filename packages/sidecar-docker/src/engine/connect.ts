import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InterLinkError } from '@interlink/sidecar-sdk';
import Docker from 'dockerode';
import type { EngineAddress } from './connection.ts';
import { findEngineAddress } from './docker-context.ts';

/** A client for the engine that {@link findEngineAddress} finds. @throws InterLinkError `invalid_argument` */
export async function connect(env: NodeJS.ProcessEnv): Promise<Docker> {
  return await connectAt(await findEngineAddress(env));
}

/**
 * A client for the engine there. Nothing is sent yet: an engine that is down is noticed by the first
 * request. Paths carry no API version, so each engine answers in its own newest; only members that 1.41 has are read.
 * @throws InterLinkError `invalid_argument` when its certificates can't be read
 */
export async function connectAt(address: EngineAddress): Promise<Docker> {
  return new Docker(await toOptions(address));
}

async function toOptions(address: EngineAddress): Promise<Docker.DockerOptions> {
  // docker-modem reads DOCKER_HOST too; what is undefined here keeps that from mattering.
  if (address.kind === 'socket') return { socketPath: address.path, host: undefined, port: undefined };
  const { host, port, certificates } = address;
  if (certificates === undefined) return { host, port, protocol: 'http', socketPath: undefined };
  try {
    const [ca, cert, key] = await Promise.all(
      ['ca.pem', 'cert.pem', 'key.pem'].map(async (name) => await readFile(join(certificates, name))),
    );
    return { host, port, protocol: 'https', socketPath: undefined, ca, cert, key } as Docker.DockerOptions;
  } catch (error) {
    throw new InterLinkError(
      'invalid_argument',
      `Cannot read the engine's certificates in ${certificates}: ${InterLinkError.from(error).message}`,
    );
  }
}
