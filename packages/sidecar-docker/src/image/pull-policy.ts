import {
  type Container,
  type ImageReference,
  type PullPolicy,
  parseImageReference,
  toPullPolicy,
} from '@interlink/sidecar-sdk';

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

export function toImageWish(container: Container, podUid: string): ImageWish {
  const { image = '' } = container;
  const reference = parseImageReference(image);
  return { image, reference, policy: toPullPolicy(container, reference), podUid };
}
