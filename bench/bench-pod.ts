import type { Pod } from '@interlink/kube';

export interface BenchPodOptions {
  readonly name: string;
  readonly nodeName: string;
  readonly hasToken: boolean;
  /** Seconds until the mock ends it; undefined: it runs until it is deleted. */
  readonly runSeconds: number | undefined;
}

/** The smallest pod, bound by hand: kube-scheduler binds 50 pods/s at most by default, and is not what is measured. */
export function benchPod({ name, nodeName, hasToken, runSeconds }: BenchPodOptions): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      ...(runSeconds === undefined ? {} : { annotations: { 'mock.interlink.eu/run-seconds': String(runSeconds) } }),
    },
    spec: {
      nodeName,
      restartPolicy: 'Never',
      automountServiceAccountToken: hasToken,
      tolerations: [{ operator: 'Exists' }],
      containers: [{ name: 'main', image: 'busybox', command: ['sleep', '5'] }],
    },
  };
}
