import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDevCluster } from '@interlink/dev-cluster';
import type { TestbedData } from './testbed-data.ts';

/** A Kubernetes API that is there for a test. */
export interface OpenCluster {
  /** Path of an administrator's kubeconfig. */
  readonly kubeconfig: string;
  close(): Promise<void>;
}

export interface TestCluster {
  readonly name: 'dev-cluster' | 'kube-apiserver';
  open(): Promise<OpenCluster>;
}

/**
 * What an integration test that needs a Kubernetes API runs against, one after the other: the in-memory one and the real one, so that
 * the first can't drift from the second. Without a control plane on this machine (`testbed.missing` says why) only the first.
 */
export function testClusters({ controlPlane }: TestbedData): TestCluster[] {
  const dev: TestCluster = { name: 'dev-cluster', open: openDevCluster };
  if (controlPlane === undefined) return [dev];
  const { kubeconfig, release } = controlPlane;
  // The same tests run against the current release and the oldest: once in memory is enough.
  return [
    ...(release === 'current' ? [dev] : []),
    { name: 'kube-apiserver', open: async () => ({ kubeconfig, close: async () => undefined }) },
  ];
}

async function openDevCluster(): Promise<OpenCluster> {
  const cluster = await startDevCluster();
  const directory = await mkdtemp(join(tmpdir(), 'interlink-dev-cluster-'));
  const kubeconfig = join(directory, 'kubeconfig');
  await writeFile(kubeconfig, cluster.kubeconfig, { mode: 0o600 });
  return {
    kubeconfig,
    close: async () => {
      await cluster.close();
      await rm(directory, { recursive: true });
    },
  };
}
