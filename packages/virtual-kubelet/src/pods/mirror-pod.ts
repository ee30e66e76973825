import type { Pod } from '@interlink/kube';

/** A static pod of some kubelet, mirrored into the API: it runs elsewhere, and is nobody's to touch. */
export function isMirrorPod({ metadata }: Pod): boolean {
  return metadata?.annotations?.['kubernetes.io/config.mirror'] !== undefined;
}
