import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContainerStatus, Pod, PodReport, PodRequest } from '@interlink/sidecar-sdk';

export const owner = { cluster: 'c1', node: 'n1' };

/** A request for a pod of one container `main`; `spec` replaces what it says. */
export function requestOf(argv: string[], spec: Partial<Pod['spec']> = {}): PodRequest {
  const uid = crypto.randomUUID();
  return {
    pod: {
      metadata: { uid, namespace: 'ns', name: `p-${uid.slice(0, 8)}` },
      spec: { containers: [{ name: 'main', image: 'busybox', command: argv }], restartPolicy: 'Never', ...spec },
    },
    volumes: [],
  };
}

export function referenceOf({ pod }: PodRequest) {
  const { uid, namespace, name } = pod.metadata;
  return { owner, uid, namespace, name };
}

/** The state of a container, by default the first. */
export function stateOf(report: PodReport | undefined, container?: string): ContainerStatus['state'] | undefined {
  const statuses = [...(report?.status.initContainerStatuses ?? []), ...(report?.status.containerStatuses ?? [])];
  if (container === undefined) return report?.status.containerStatuses[0]?.state;
  return statuses.find((status) => status.name === container)?.state;
}

/** A folder for one test; gone when it is disposed of. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'interlink-process-'));
  return { path, [Symbol.asyncDispose]: async () => await rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}
