import { dirname } from 'node:path';
import { runCommand, runCommandOrThrow, startTestbed } from '../../test/testbed/index.ts';
import { findProgram } from '../../test/testbed/process/find-program.ts';
import { say } from './narration.ts';

/** A cluster to show things on. */
export interface DemoCluster {
  readonly description: string;
  readonly kubeconfig: string;
  readonly kubectl: string;
  /** On this machine's loopback: the kubelet port need not be reachable from elsewhere. */
  readonly isLocal: boolean;
  /** For the user's shell. */
  readonly environment: Readonly<Record<string, string>>;
  /** Takes the node out of a cluster that outlives the demo. */
  forgetNode(name: string): Promise<void>;
  close(): Promise<void>;
}

/** `real` starts a control plane, built from Go modules at the first time; `existing` takes the present KUBECONFIG. */
export async function openCluster(kind: string, options: { signal: AbortSignal }): Promise<DemoCluster> {
  if (kind === 'existing') return await existingCluster();
  if (kind === 'real') return await realCluster(options.signal);
  throw new Error(`CLUSTER is ${JSON.stringify(kind)}: real or existing is wanted`);
}

async function realCluster(signal: AbortSignal): Promise<DemoCluster> {
  const testbed = await startTestbed({ docker: false, signal, onProgress: say });
  const { controlPlane } = testbed;
  if (controlPlane === undefined) {
    await testbed.stop();
    const missing = testbed.missing.map((part) => `${part.name} (${part.howToGet})`).join(', ');
    throw new Error(
      `A Kubernetes control plane can't be started here; missing: ${missing}. CLUSTER=existing uses a cluster that you have`,
    );
  }
  return {
    description: `Kubernetes API ${controlPlane.server}: etcd, kube-apiserver, kube-controller-manager and kube-scheduler, all real`,
    kubeconfig: controlPlane.kubeconfig,
    kubectl: controlPlane.kubectl,
    isLocal: true,
    environment: { KUBECONFIG: controlPlane.kubeconfig, PATH: dirname(controlPlane.kubectl) },
    forgetNode: async () => undefined,
    close: async () => await testbed.stop(),
  };
}

async function existingCluster(): Promise<DemoCluster> {
  const kubectl = await findProgram('kubectl');
  if (kubectl === undefined) throw new Error('kubectl is missing: CLUSTER=existing needs one in PATH');
  const kubeconfig = process.env.KUBECONFIG ?? '';
  const base = kubeconfig === '' ? [] : ['--kubeconfig', kubeconfig];
  const server = (
    await runCommandOrThrow(kubectl, [
      ...base,
      'config',
      'view',
      '--minify',
      '-o',
      'jsonpath={.clusters[0].cluster.server}',
    ])
  ).trim();
  return {
    description: `Kubernetes API ${server}, of the present KUBECONFIG`,
    kubeconfig: kubeconfig === '' ? `${process.env.HOME}/.kube/config` : kubeconfig,
    kubectl,
    isLocal: ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(server).hostname),
    environment: kubeconfig === '' ? {} : { KUBECONFIG: kubeconfig },
    forgetNode: async (name) => {
      await runCommand(kubectl, [...base, 'delete', 'node', name, '--ignore-not-found']);
    },
    close: async () => undefined,
  };
}
