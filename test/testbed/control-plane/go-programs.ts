import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, ensureBuilt, toSeconds } from '../cache/build-cache.ts';
import { dieWithParent } from '../process/die-with-parent.ts';
import { runCommandOrThrow } from '../process/run-command.ts';

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

/** Finds the programs in the cache, or builds them (minutes, the first time). @returns the folder they are in */
export async function ensureGoPrograms(programs: GoPrograms, options: BuildOptions): Promise<string> {
  return await ensureBuilt({
    ...options,
    key: await toCacheKey(programs.module),
    title: `${programs.title} from Go modules`,
    build: (directory) => build(programs, directory, options),
  });
}

/** What the programs depend on: the modules with their hashes, and the Go that builds them. */
async function toCacheKey(module: string): Promise<string> {
  const go = await runCommandOrThrow('go', ['env', 'GOVERSION', 'GOOS', 'GOARCH'], { cwd: module });
  const hash = createHash('sha256');
  for (const name of ['go.mod', 'go.sum']) hash.update(await readFile(join(module, name)));
  return hash.update(go).digest('hex').slice(0, 16);
}

async function build(programs: GoPrograms, directory: string, { onProgress, signal }: BuildOptions): Promise<void> {
  const linkerFlags = Object.entries(programs.variables).map(([name, value]) => `-X ${name}=${value}`);
  for (const [name, importPath] of Object.entries(programs.packages)) {
    const started = performance.now();
    const flags = ['-trimpath', '-ldflags', `-s -w ${linkerFlags.join(' ')}`, '-o', join(directory, name)];
    await runCommandOrThrow(...dieWithParent('go', ['build', ...flags, importPath]), {
      cwd: programs.module,
      env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly -buildvcs=false' },
      signal,
    });
    onProgress(`  ${name}: ${toSeconds(started)} s`);
  }
}
