import type { ClusterAccess } from './cluster-access.ts';
import { findKubeconfig } from './find-kubeconfig.ts';
import { inClusterAccess } from './in-cluster-access.ts';
import { kubeconfigAccess } from './kubeconfig-access.ts';

export interface LoadClusterAccessOptions {
  /** Path of a kubeconfig file. Default: see `loadClusterAccess`. */
  kubeconfig?: string | undefined;
  /** Default `process.env`. */
  env?: NodeJS.ProcessEnv | undefined;
  /** Name of the context to use. Default: the kubeconfig's current one. */
  context?: string | undefined;
}

/**
 * Finds out where the cluster is and how to log in. In this order: the kubeconfig file given; the files in `KUBECONFIG`;
 * `~/.kube/config` if it exists; the pod's own service account.
 * @throws Error naming the file, the value and what is wanted.
 */
export async function loadClusterAccess(options: LoadClusterAccessOptions = {}): Promise<ClusterAccess> {
  const env = options.env ?? process.env;
  const found = await findKubeconfig(options.kubeconfig, env);
  if (found !== undefined) return kubeconfigAccess(found, options.context);
  const inCluster = await inClusterAccess(env);
  if (inCluster !== undefined) return inCluster;
  throw new Error(
    'Cannot find the Kubernetes API: no kubeconfig was given, KUBECONFIG is not set, ~/.kube/config does not exist, and this is not a pod (KUBERNETES_SERVICE_HOST is not set)',
  );
}
