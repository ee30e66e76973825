import { copyFile, cp, link, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  binaryNames,
  type CommandOptions,
  type CommandResult,
  type DockerData,
  ensureBinaries,
  ensureCompose,
  importBaseImage,
  runCommand,
  runCommandOrThrow,
} from '../../testbed/index.ts';

const root = join(import.meta.dirname, '../../..');

const buildOptions = {
  onProgress: (line: string) => void process.stderr.write(`${line}\n`),
  signal: new AbortController().signal,
};

/** What our images are built from, beside `bin/`. */
const files = ['.dockerignore', 'LICENSE', 'docker-compose.yaml', 'deploy/compose'];

/** The processes that there are images of. */
export const imageNames = ['vk', 'interlink', 'docker-sidecar', 'slurm-sidecar', 'mock-sidecar'] as const;

/**
 * A folder as a clone of the repository is after `make all`, and `docker` in it, for the testbed's engine. That engine has the base of our
 * images by the name that the Dockerfiles have for it.
 */
export class DockerClone implements AsyncDisposable {
  readonly folder: string;
  readonly #env: NodeJS.ProcessEnv;

  private constructor(folder: string, env: NodeJS.ProcessEnv) {
    this.folder = folder;
    this.#env = env;
  }

  static async make({ host, socket }: DockerData): Promise<DockerClone> {
    const binaries = await ensureBinaries();
    await importBaseImage(socket, buildOptions);
    const folder = await mkdtemp(join(tmpdir(), 'interlink-images-'));
    for (const file of [...files, ...imageNames.map((name) => `Dockerfile.${name}`)])
      await cp(join(root, file), join(folder, file), { recursive: true });
    await copyBinaries(binaries, join(folder, 'bin'));
    const { PATH } = process.env;
    // The engine's own builder: the other one is a plugin that Debian 12 does not have.
    const docker = { DOCKER_HOST: host, DOCKER_CONFIG: join(folder, '.docker'), DOCKER_BUILDKIT: '0' };
    const compose = { DOCKER_SOCKET: socket, INTERLINK_DATA: join(folder, 'data') };
    return new DockerClone(folder, { PATH, HOME: folder, ...docker, ...compose });
  }

  /** Makes Docker Compose a plugin of `docker` here. @param variables of docker-compose.yaml and of compose itself */
  async addCompose(variables: Readonly<Record<string, string>>): Promise<void> {
    const program = await ensureCompose(buildOptions);
    const plugins = join(this.folder, '.docker/cli-plugins');
    await mkdir(plugins, { recursive: true });
    await symlink(program, join(plugins, 'docker-compose'));
    Object.assign(this.#env, variables);
  }

  /** `docker …`; what it says no to is a result. */
  async try(...args: ReadonlyArray<string>): Promise<CommandResult> {
    return await runCommand('docker', args, this.#options());
  }

  /** `docker …` @returns what it printed @throws Error with what it complained of */
  async run(...args: ReadonlyArray<string>): Promise<string> {
    return await this.runProgram('docker', ...args);
  }

  /** As `run`, of another client of the engine. */
  async runProgram(program: string, ...args: ReadonlyArray<string>): Promise<string> {
    return await runCommandOrThrow(program, args, this.#options());
  }

  /** `docker inspect` of one thing. */
  async inspect<Found>(kind: 'image' | 'container', name: string): Promise<Found> {
    const [found] = JSON.parse(await this.run('inspect', '--type', kind, name)) as [Found];
    return found;
  }

  #options(): CommandOptions {
    return { cwd: this.folder, env: this.#env, timeoutMs: 300_000 };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** One file by several names, as `make all` leaves it. */
async function copyBinaries(from: string, to: string): Promise<void> {
  await mkdir(to);
  const [first, ...others] = binaryNames;
  for (const name of [first, 'THIRD-PARTY-LICENSES.txt', 'sbom.cdx.json'])
    await copyFile(join(from, name), join(to, name));
  for (const name of others) await link(join(to, first), join(to, name));
}
