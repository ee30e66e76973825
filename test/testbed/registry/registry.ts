import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findFreePorts } from '../process/free-ports.ts';
import { ServerProcess, waitUntilReady } from '../process/server-process.ts';
import { ensureRegistry } from './binary.ts';

export interface RegistryOptions {
  /** For its files; made when missing. */
  directory: string;
  /** Whether it asks for one of {@link registryAccounts}. */
  hasPassword: boolean;
  /** What it listens on: an address of this machine's, default 127.0.0.1. */
  host?: string;
  signal: AbortSignal;
}

/** A running image registry. */
export interface Registry {
  /**
   * Such as `127.0.0.1:41236`: the beginning of its images' names. Engines speak HTTP to it on loopback, and the testbed's engine on its
   * own networks as well.
   */
  readonly address: string;
  stop(): Promise<void>;
}

export interface RegistryAccount {
  readonly username: string;
  readonly password: string;
}

/** Whom a registry with passwords lets in. The hashes are bcrypt's, which Node lacks. */
export const registryAccounts = {
  alice: { username: 'alice', password: 'open sesame' },
  bob: { username: 'bob', password: 'tell nobody' },
} as const satisfies Readonly<Record<string, RegistryAccount>>;

const passwordFile = [
  'alice:$2a$05$/dZczn9tuE2DwO2i9t..uu.7yb719lXFCwLi0mVz8HHvW4c0M4g5y',
  'bob:$2a$05$lMCCHG4JsfKiEBvkNvAIUeOPZj9SnfJpwy/qSGy0Gva9OAC3cL9Wq',
].join('\n');

const readyTimeoutMs = 30_000;

/** Starts a CNCF Distribution registry without images; it ends with this process at the latest. */
export async function startRegistry(options: RegistryOptions): Promise<Registry> {
  const { directory, hasPassword, host = '127.0.0.1', signal } = options;
  const onProgress = (line: string) => void process.stderr.write(`testbed: ${line}\n`);
  const file = await ensureRegistry({ onProgress, signal });
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const [port = 0] = await findFreePorts(1, host);
  const address = `${host}:${port}`;
  const passwords = join(directory, 'htpasswd');
  await writeFile(passwords, `${passwordFile}\n`, { mode: 0o600 });
  const config = {
    version: 0.1,
    log: { accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(directory, 'images') } },
    http: { addr: address },
    ...(hasPassword ? { auth: { htpasswd: { realm: 'testbed', path: passwords } } } : {}),
  };
  // YAML's superset holds: JSON is read as well.
  const configFile = join(directory, 'config.yml');
  await writeFile(configFile, JSON.stringify(config), { mode: 0o600 });
  const server = new ServerProcess({
    name: 'registry',
    file,
    args: ['serve', configFile],
    logFile: join(directory, 'registry.log'),
    env: { PATH: process.env.PATH, OTEL_TRACES_EXPORTER: 'none' },
  });
  await waitUntilReady(server, () => isServed(address), { timeoutMs: readyTimeoutMs, signal });
  return { address, stop: async () => await server.stop() };
}

async function isServed(address: string): Promise<boolean> {
  try {
    const { status } = await fetch(`http://${address}/v2/`);
    return status === 200 || status === 401;
  } catch {
    return false;
  }
}
