import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { dieWithParent } from '../process/die-with-parent.ts';
import { identifyProcess } from '../process/process-identity.ts';
import { runCommandOrThrow } from '../process/run-command.ts';
import { withBuildLock } from './build-lock.ts';

/** Programs that are built from one Go module. */
export interface GoPrograms {
  /** Where `go.mod` and `go.sum` are. */
  module: string;
  /** Package by the name that its program gets. */
  packages: Readonly<Record<string, string>>;
  /** Go variables to set: `k8s.io/component-base/version.gitVersion` and the like. */
  variables: Readonly<Record<string, string>>;
  /** For those who wait: `Kubernetes 1.36.3 and etcd`. */
  title: string;
}

export interface BuildOptions {
  onProgress: (line: string) => void;
  signal: AbortSignal;
}

const CACHE_DIRECTORY = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'interlink-testbed');

/** Finds the programs in the cache, or builds them (minutes, the first time). @returns the folder they are in */
export async function ensureGoPrograms(programs: GoPrograms, options: BuildOptions): Promise<string> {
  const directory = join(CACHE_DIRECTORY, await toCacheKey(programs.module));
  if (!existsSync(directory)) {
    await mkdir(CACHE_DIRECTORY, { recursive: true });
    await withBuildLock(`${directory}.lock`, options, async () => {
      if (!existsSync(directory)) await build(programs, directory, options);
    });
  }
  return directory;
}

/** What the programs depend on: the modules with their hashes, and the Go that builds them. */
async function toCacheKey(module: string): Promise<string> {
  const go = await runCommandOrThrow('go', ['env', 'GOVERSION', 'GOOS', 'GOARCH'], { cwd: module });
  const hash = createHash('sha256');
  for (const name of ['go.mod', 'go.sum']) hash.update(await readFile(join(module, name)));
  return hash.update(go).digest('hex').slice(0, 16);
}

/** Builds into a folder beside the wanted one and renames it at the end: what has the name is whole. */
async function build(programs: GoPrograms, directory: string, { onProgress, signal }: BuildOptions): Promise<void> {
  await removeAbandonedBuilds();
  const temporary = `${directory}.building-${process.pid}-${randomBytes(4).toString('hex')}`;
  await mkdir(temporary);
  try {
    const linkerFlags = Object.entries(programs.variables).map(([name, value]) => `-X ${name}=${value}`);
    const started = performance.now();
    onProgress(`Building ${programs.title} from Go modules; the first time takes some minutes.`);
    for (const [name, importPath] of Object.entries(programs.packages)) {
      const startedProgram = performance.now();
      const flags = ['-trimpath', '-ldflags', `-s -w ${linkerFlags.join(' ')}`, '-o', join(temporary, name)];
      await runCommandOrThrow(...dieWithParent('go', ['build', ...flags, importPath]), {
        cwd: programs.module,
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
