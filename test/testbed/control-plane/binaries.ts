import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, ensureGoPrograms } from '../go/go-programs.ts';

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

const MODULE_DIRECTORY = import.meta.dirname;

/** Finds the programs in the cache, or builds them from the Go module beside this file (minutes, the first time). */
export async function ensureBinaries(options: BuildOptions): Promise<Binaries> {
  const { version, major, minor } = parseKubernetesVersion(await readFile(join(MODULE_DIRECTORY, 'go.mod'), 'utf8'));
  // Without the version the server reports a placeholder, which some clients refuse.
  const variables = { gitVersion: `v${version}`, gitMajor: major, gitMinor: minor };
  const directory = await ensureGoPrograms(
    {
      directory: MODULE_DIRECTORY,
      what: `Kubernetes ${version} and etcd`,
      programs: PROGRAMS,
      linkerFlags: Object.entries(variables).map(
        ([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`,
      ),
    },
    options,
  );
  return {
    etcd: join(directory, 'server'),
    kubeApiserver: join(directory, 'kube-apiserver'),
    kubeControllerManager: join(directory, 'kube-controller-manager'),
    kubeScheduler: join(directory, 'kube-scheduler'),
    kubectl: join(directory, 'kubectl'),
  };
}

/** The Kubernetes version that go.mod asks for, such as `1.36.3`. */
export function parseKubernetesVersion(goMod: string): { version: string; major: string; minor: string } {
  const match = /^\s*k8s\.io\/kubernetes v((\d+)\.(\d+)\.\d+)/m.exec(goMod);
  if (match === null) throw new Error('Cannot read the Kubernetes version: go.mod has no line "k8s.io/kubernetes v…"');
  const [, version = '', major = '', minor = ''] = match;
  return { version, major, minor };
}
