import type { Container, Pod, PodSpec, Volume } from '@interlink/kube';

/** A pod `ns/pod` of one container `main`, as the API server would give it. */
export function somePod(container: Partial<Container> = {}, spec: Partial<PodSpec> = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'pod',
      namespace: 'ns',
      uid: '11111111-2222-4333-8444-555555555555',
      labels: { app: 'web', tier: 'front' },
      annotations: { note: 'say "hi"\nand bye', 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
      creationTimestamp: '2026-01-02T03:04:05Z',
      generation: 1,
      resourceVersion: '42',
    },
    spec: {
      nodeName: 'virtual-1',
      serviceAccountName: 'robot',
      restartPolicy: 'Always',
      containers: [{ name: 'main', image: 'busybox', ...container }],
      ...spec,
    },
  };
}

/** A pod with these volumes. */
export function podWithVolumes(...volumes: Volume[]): Pod {
  return somePod({}, { volumes });
}
