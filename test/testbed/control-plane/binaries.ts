import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BuildOptions } from '../cache/build-cache.ts';
import { ensureGoPrograms, type GoPrograms } from './go-programs.ts';

/** The Kubernetes releases that tests run against: the one that is developed with, and the oldest that is supported. */
export type Release = 'current' | 'oldest';

/** Paths of the built programs. */
export interface Binaries {
  /** Of Kubernetes: `1.36.3`. */
  version: string;
  etcd: string;
  kubeApiserver: string;
  kubeControllerManager: string;
  kubeScheduler: string;
  kubectl: string;
}

const servers = {
  'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
  'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
};

/**
 * Finds or builds the programs of a control plane from the Go modules beside this file. etcd and kubectl are always the current ones: what
 * is tried on the oldest release is its API.
 */
export async function ensureBinaries(release: Release, options: BuildOptions): Promise<Binaries> {
  const current = await toPrograms(import.meta.dirname, {
    // etcd's program is named after its package.
    server: 'go.etcd.io/etcd/server/v3',
    kubectl: 'k8s.io/kubernetes/cmd/kubectl',
    ...servers,
  });
  const programs = release === 'current' ? current : await toPrograms(join(import.meta.dirname, 'oldest'), servers);
  const tools = await ensureGoPrograms(current, options);
  const directory = programs === current ? tools : await ensureGoPrograms(programs, options);
  return {
    version: programs.version,
    etcd: join(tools, 'server'),
    kubectl: join(tools, 'kubectl'),
    kubeApiserver: join(directory, 'kube-apiserver'),
    kubeControllerManager: join(directory, 'kube-controller-manager'),
    kubeScheduler: join(directory, 'kube-scheduler'),
  };
}

async function toPrograms(
  module: string,
  packages: Readonly<Record<string, string>>,
): Promise<GoPrograms & { version: string }> {
  const { version, major, minor } = parseKubernetesVersion(await readFile(join(module, 'go.mod'), 'utf8'));
  // Without the version the server reports a placeholder, which some clients refuse.
  const variables = { gitVersion: `v${version}`, gitMajor: major, gitMinor: minor };
  return {
    version,
    module,
    packages,
    variables: Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [`k8s.io/component-base/version.${name}`, value]),
    ),
    title: `Kubernetes ${version}`,
  };
}

/** The Kubernetes version that go.mod asks for, such as `1.36.3`. */
export function parseKubernetesVersion(goMod: string): { version: string; major: string; minor: string } {
  const match = /^\s*(?:require )?k8s\.io\/kubernetes v((\d+)\.(\d+)\.\d+)/m.exec(goMod);
  if (match === null) throw new Error('Cannot read the Kubernetes version: go.mod has no line "k8s.io/kubernetes v…"');
  const [, version = '', major = '', minor = ''] = match;
  return { version, major, minor };
}
