import type { Container, Pod } from '@interlink/protocol';

export const podUid = '11111111-2222-4333-8444-555555555555';

/** Pod `ns/p` of one container `main`; `spec` replaces what it says. */
export function podOf(spec: Partial<Pod['spec']> = {}, uid = podUid): Pod {
  return {
    metadata: { namespace: 'ns', name: 'p', uid },
    spec: { containers: [containerOf('main')], ...spec },
  };
}

export function containerOf(name: string, more: Partial<Container> = {}): Container {
  return { name, image: 'busybox', ...more };
}

/** An init container that goes on beside the containers. */
export function sidecarOf(name: string, more: Partial<Container> = {}): Container {
  return containerOf(name, { restartPolicy: 'Always', ...more });
}

export const postStart = { postStart: { exec: { command: ['true'] } } };
export const preStop = { preStop: { exec: { command: ['true'] } } };
