import type { Container } from '@interlink/sidecar-sdk';
import { type ImageReference, parseImageReference } from './reference.ts';

export type PullPolicy = 'Always' | 'IfNotPresent' | 'Never';

/** What is wanted of a container's image. */
export interface ImageWish {
  /** As the pod's author wrote it. */
  readonly image: string;
  /** Undefined: the name is no image's. */
  readonly reference: ImageReference | undefined;
  readonly policy: PullPolicy;
  /** UID of the pod, whose credentials are used. */
  readonly podUid: string;
}

/** Without a policy, `latest` is pulled always and other tags and digests when they are not there: https://kubernetes.io/docs/concepts/containers/images/#imagepullpolicy-defaulting */
export function toImageWish({ image = '', imagePullPolicy }: Container, podUid: string): ImageWish {
  const reference = parseImageReference(image);
  const isLatest = reference?.tag === 'latest' && !reference.isDigest;
  return { image, reference, policy: imagePullPolicy ?? (isLatest ? 'Always' : 'IfNotPresent'), podUid };
}
