import { randomUUID } from 'node:crypto';
import { createLogger, type Owner, type PodReference, type PodRequest } from '@interlink/sidecar-sdk';
import { expect, vi } from 'vitest';
import type { createDockerBackend } from '../sidecar.ts';

type Backend = Awaited<ReturnType<typeof createDockerBackend>>;
type Container = PodRequest['pod']['spec']['containers'][number];

export const owner: Owner = { cluster: 'tests', node: `n-${randomUUID()}` };
export const silent = createLogger('docker-sidecar', 'silent');

/** Creates a pod of one container `main` and waits until it runs. Nobody restarts it. */
export async function runPod(backend: Backend, script: string, more: Partial<Container> = {}): Promise<PodReference> {
  const metadata = { name: 'pod', namespace: 'tests', uid: randomUUID() };
  const image = { image: 'busybox:latest', imagePullPolicy: 'IfNotPresent' as const };
  const containers = [{ name: 'main', ...image, command: ['sh', '-c', script], ...more }];
  await backend.create({ pod: { metadata, spec: { restartPolicy: 'Never', containers } }, volumes: [] }, owner);
  await vi.waitFor(
    async () => {
      const found = (await backend.list()).find(({ report }) => report.uid === metadata.uid);
      expect(found?.report.status.containerStatuses[0]?.state.running).toBeDefined();
    },
    { timeout: 30_000, interval: 100 },
  );
  return { owner, ...metadata };
}
