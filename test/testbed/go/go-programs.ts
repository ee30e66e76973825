import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { dieWithParent } from '../process/die-with-parent.ts';
import { identifyProcess } from '../process/process-identity.ts';
import { runCommandOrThrow } from '../process/run-command.ts';
import { withBuildLock } from './build-lock.ts';

/** Programs that are built from the `tool` lines of a Go module of their own. */
export interface GoModule {
  /** Where its go.mod and go.sum are. */
  directory: string;
  /** Said in messages: `Kubernetes 1.36.3 and etcd`. */
  what: string;
  /** File names and the packages they are built from. */
  programs: Readonly<Record<string, string>>;
  linkerFlags: readonly string[];
}

export interface BuildOptions {
  onProgress: (line: string) => void;
  signal: AbortSignal;
}

const CACHE_DIRECTORY = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'interlink-testbed');

/** Finds the programs in the cache, or builds them (minutes, the first time). @returns the folder that they are in */
export async function ensureGoPrograms(module: GoModule, options: BuildOptions): Promise<string> {
  const directory = join(CACHE_DIRECTORY, await toCacheKey(module));
  if (!existsSync(directory)) {
    await mkdir(CACHE_DIRECTORY, { recursive: true });
    await withBuildLock(`${directory}.lock`, options, async () => {
      if (!existsSync(directory)) await build(directory, module, options);
    });
  }
  return directory;
}

/** What the programs depend on: the modules with their hashes, and the Go that builds them. */
async function toCacheKey({ directory }: GoModule): Promise<string> {
  const go = await runCommandOrThrow('go', ['env', 'GOVERSION', 'GOOS', 'GOARCH'], { cwd: directory });
  const hash = createHash('sha256');
  for (const name of ['go.mod', 'go.sum']) hash.update(await readFile(join(directory, name)));
  return hash.update(go).digest('hex').slice(0, 16);
}

/** Builds into a folder beside the wanted one and renames it at the end: what has the name is whole. */
async function build(directory: string, module: GoModule, { onProgress, signal }: BuildOptions): Promise<void> {
  await removeAbandonedBuilds();
  const temporary = `${directory}.building-${process.pid}-${randomBytes(4).toString('hex')}`;
  await mkdir(temporary);
  try {
    const started = performance.now();
    onProgress(`Building ${module.what} from Go modules; the first time takes some minutes.`);
    for (const [name, importPath] of Object.entries(module.programs)) {
      const startedProgram = performance.now();
      const linkerFlags = ['-s', '-w', ...module.linkerFlags].join(' ');
      const flags = ['-trimpath', '-ldflags', linkerFlags, '-o', join(temporary, name)];
      await runCommandOrThrow(...dieWithParent('go', ['build', ...flags, importPath]), {
        cwd: module.directory,
        env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly -buildvcs=false' },
        signal,
      });
      onProgress(`  ${name}: ${toSeconds(startedProgram)} s`);
    }
    // Somebody else's finished build is as good as ours.
    await rename(temporary, directory).catch((error) => {
      if (!existsSync(directory)) throw error;
    });
    onProgress(`Built in ${toSeconds(started)} s: ${directory}`);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function removeAbandonedBuilds(): Promise<void> {
  for (const name of await readdir(CACHE_DIRECTORY)) {
    const pid = /\.building-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && identifyProcess(Number(pid)) === undefined) {
      await rm(join(CACHE_DIRECTORY, name), { recursive: true, force: true });
    }
  }
}

function toSeconds(started: number): string {
  return ((performance.now() - started) / 1_000).toFixed(1);
}
