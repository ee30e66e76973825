import type { Container, Pod, PodSpec } from '@interlink/kube';

/** A pod for one virtual node: selects it, tolerates its taint, ends soon when it is deleted, has no token that it does not need. */
export function pod(nodeName: string, name: string, spec: PodSpec): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      nodeSelector: { 'kubernetes.io/hostname': nodeName },
      tolerations: [{ key: 'virtual-node.interlink/no-schedule', operator: 'Exists' }],
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 2,
      automountServiceAccountToken: false,
      ...spec,
    },
  };
}

/** A container that runs a shell script in an image the testbed's engine has. */
export function shell(name: string, script: string, more: Partial<Container> = {}): Container {
  return { name, image: 'busybox:1.36', command: ['/bin/sh', '-c', script], ...more };
}

/** A script that stays until TERM and then ends with 0, as a well-behaved server does. */
export const untilTerm = 'trap "exit 0" TERM; while true; do sleep 0.2; done';
