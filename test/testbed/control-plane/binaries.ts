import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { dieWithParent } from '../process/die-with-parent.ts';
import { identifyProcess } from '../process/process-identity.ts';
import { runCommandOrThrow } from '../process/run-command.ts';
import { withBuildLock } from './build-lock.ts';

/** The programs of a control plane and the packages of go.mod's `tool` lines they are built from. */
const PROGRAMS = {
  server: 'go.etcd.io/etcd/server/v3',
  kubectl: 'k8s.io/kubernetes/cmd/kubectl',
  'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
  'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
} as const;

/** Paths of the built programs. etcd's is named after its package, `server`. */
export interface Binaries {
  etcd: string;
  kubeApiserver: string;
  kubeControllerManager: string;
  kubeScheduler: string;
  kubectl: string;
}

export interface BuildOptions {
  onProgress: (line: string) => void;
  signal: AbortSignal;
}

const MODULE_DIRECTORY = import.meta.dirname;
const CACHE_DIRECTORY = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'interlink-testbed');

/** Finds the programs in the cache, or builds them from the Go module beside this file (minutes, the first time). */
export async function ensureBinaries(options: BuildOptions): Promise<Binaries> {
  const directory = join(CACHE_DIRECTORY, await toCacheKey());
  if (!existsSync(directory)) {
    await mkdir(CACHE_DIRECTORY, { recursive: true });
    await withBuildLock(`${directory}.lock`, options, async () => {
      if (!existsSync(directory)) await build(directory, options);
    });
  }
  return {
    etcd: join(directory, 'server'),
    kubeApiserver: join(directory, 'kube-apiserver'),
    kubeControllerManager: join(directory, 'kube-controller-manager'),
    kubeScheduler: join(directory, 'kube-scheduler'),
    kubectl: join(directory, 'kubectl'),
  };
}

/** What the binaries depend on: the modules with their hashes, and the Go that builds them. */
async function toCacheKey(): Promise<string> {
  const go = await runCommandOrThrow('go', ['env', 'GOVERSION', 'GOOS', 'GOARCH'], { cwd: MODULE_DIRECTORY });
  const hash = createHash('sha256');
  for (const name of ['go.mod', 'go.sum']) hash.update(await readFile(join(MODULE_DIRECTORY, name)));
  return hash.update(go).digest('hex').slice(0, 16);
}

/** The Kubernetes version that go.mod asks for, such as `1.36.3`. */
export function parseKubernetesVersion(goMod: string): { version: string; major: string; minor: string } {
  const match = /^\s*k8s\.io\/kubernetes v((\d+)\.(\d+)\.\d+)/m.exec(goMod);
  if (match === null) throw new Error('Cannot read the Kubernetes version: go.mod has no line "k8s.io/kubernetes v…"');
  const [, version = '', major = '', minor = ''] = match;
  return { version, major, minor };
}

/** Builds into a folder beside the wanted one and renames it at the end: what has the name is whole. */
async function build(directory: string, { onProgress, signal }: BuildOptions): Promise<void> {
  await removeAbandonedBuilds();
  const temporary = `${directory}.building-${process.pid}-${randomBytes(4).toString('hex')}`;
  await mkdir(temporary);
  try {
    const { version, major, minor } = parseKubernetesVersion(await readFile(join(MODULE_DIRECTORY, 'go.mod'), 'utf8'));
    // Without the version the server reports a placeholder, which some clients refuse.
    const variables = { gitVersion: `v${version}`, gitMajor: major, gitMinor: minor };
    const linkerFlags = Object.entries(variables).map(
      ([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`,
    );
    const started = performance.now();
    onProgress(`Building Kubernetes ${version} and etcd from Go modules; the first time takes some minutes.`);
    for (const [name, importPath] of Object.entries(PROGRAMS)) {
      const startedProgram = performance.now();
      const flags = ['-trimpath', '-ldflags', `-s -w ${linkerFlags.join(' ')}`, '-o', join(temporary, name)];
      await runCommandOrThrow(...dieWithParent('go', ['build', ...flags, importPath]), {
        cwd: MODULE_DIRECTORY,
        env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly -buildvcs=false' },
        signal,
      });
      onProgress(`  ${name === 'server' ? 'etcd' : name}: ${toSeconds(startedProgram)} s`);
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
