import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { runCommand, runCommandOrThrow } from '../../testbed/index.ts';
import { findFreePorts } from '../../testbed/process/free-ports.ts';
import type { TestbedParts } from '../drivers/testbed-parts.ts';
import { hostAddressOf } from './deployed-pod.ts';
import { Running } from './running.ts';

const root = join(import.meta.dirname, '../../..');
const notCopied = new Set(['.git', 'node_modules', 'bin', 'dist']);
const timeoutMs = 240_000;

/** A block of commands of `commands.md`: the heading that it is below, and which of that heading's it is. */
export type Block = readonly [heading: string, index: number];

/**
 * A reader of the seed's readme: a home with a kubeconfig, Docker with Compose, and a copy of this repository to stand in. Addresses other than
 * the usual ones, which this machine may need, are told by the environment.
 */
export class SeedWalk {
  readonly home = mkdtempSync(join(tmpdir(), 'seed-'));
  readonly folder = join(this.home, 'interLink');
  readonly env: Readonly<Record<string, string>>;
  readonly #walked = new Set<string>();

  private constructor({ controlPlane, docker }: TestbedParts, [interlink = 0, sidecar = 0]: number[]) {
    const { PATH = '' } = process.env;
    this.env = {
      ...{ PATH: [dirname(controlPlane.kubectl), join(this.folder, 'bin'), PATH].join(':'), HOME: this.home },
      ...{ POD_IP: '127.0.0.1', KUBELET_PORT: '0', INTERLINKPORT: `${interlink}`, SIDECARPORT: `${sidecar}` },
      ...{ DOCKER_HOST: docker.host, DOCKER_SOCKET: docker.socket },
      // The engine's own builder; the other one is a plugin that Debian 12 does not have.
      ...{ DOCKER_BUILDKIT: '0', INTERLINK_ADDRESS: hostAddressOf(docker), INTERLINK_DATA: join(this.home, 'data') },
    };
  }

  /** @param compose the program */
  static async begin(parts: TestbedParts, compose: string): Promise<SeedWalk> {
    if (!existsSync(join(root, 'node_modules/.installed'))) throw new Error('Cannot walk: run `make install` first');
    const walk = new SeedWalk(parts, await findFreePorts(2));
    const { home, folder } = walk;
    for (const name of ['.kube', '.docker/cli-plugins', 'data']) mkdirSync(join(home, name), { recursive: true });
    cpSync(parts.controlPlane.kubeconfig, join(home, '.kube/config'));
    symlinkSync(compose, join(home, '.docker/cli-plugins/docker-compose'));
    cpSync(root, folder, { recursive: true, filter: (path) => path === root || !notCopied.has(basename(path)) });
    // Not by a symbolic link: what is found through that is no part of the folder.
    const copied = ['-a', join(root, 'node_modules'), folder];
    const { exitCode } = await runCommand('cp', ['--link', ...copied], { timeoutMs });
    if (exitCode !== 0) await runCommandOrThrow('cp', copied, { timeoutMs });
    // What is installed is newer than what says what to install: `make` leaves it as it is.
    utimesSync(join(folder, 'package-lock.json'), 0, 0);
    return walk;
  }

  /** Runs a block as it is, but for words that it has for its reader to fill in. @returns what it printed @throws with what it complained of */
  async run(block: Block, words: Readonly<Record<string, string>> = {}): Promise<string> {
    return await this.shell(this.commandsOf(block, words));
  }

  /** The commands of a block, to be run in another way. It counts as walked. */
  commandsOf([heading, index]: Block, words: Readonly<Record<string, string>> = {}): string {
    const key = `${heading}, ${index}`;
    let text = blocks.get(key);
    if (text === undefined) throw new Error(`commands.md has no block ${key}`);
    this.#walked.add(key);
    for (const [word, value] of Object.entries(words)) text = text.replaceAll(word, value);
    return text;
  }

  /** Runs other commands in the same place, or in a folder below it. */
  async shell(commands: string, folder = '.', env: Readonly<Record<string, string>> = {}): Promise<string> {
    return await runCommandOrThrow('bash', ['-e', '-o', 'pipefail', '-c', commands], {
      ...{ cwd: join(this.folder, folder), env: { ...this.env, ...env }, timeoutMs },
    });
  }

  /** Starts commands that stay. @param wrapper a command before the shell that runs them */
  start(commands: string, env: Readonly<Record<string, string>> = {}, wrapper: ReadonlyArray<string> = []): Running {
    const argv = [...wrapper, 'bash', '-c', commands];
    return new Running(argv, { cwd: this.folder, env: { ...this.env, ...env } });
  }

  /** Blocks of the document that nobody has run. */
  unwalked(): string[] {
    return [...blocks.keys()].filter((key) => !this.#walked.has(key));
  }

  end(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}

const sections = readFileSync(join(import.meta.dirname, 'commands.md'), 'utf8')
  .split(/^## /m)
  .slice(1);

const blocks = new Map<string, string>(
  sections.flatMap((section) => {
    const [heading] = section.split('\n', 1);
    const texts = [...section.matchAll(/```bash\n([\s\S]*?)```/g)].map(([, text = '']) => text);
    return texts.map((text, index) => [`${heading}, ${index}`, text] as const);
  }),
);

/** The names in backticks below a heading of `commands.md`. */
export function namesBelow(heading: string): string[] {
  const section = sections.find((text) => text.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`commands.md has no heading ${heading}`);
  return [...section.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);
}
