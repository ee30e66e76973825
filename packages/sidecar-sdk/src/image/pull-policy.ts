import type { Container } from '@interlink/protocol';
import type { ImageReference } from './reference.ts';

export type PullPolicy = 'Always' | 'IfNotPresent' | 'Never';

/**
 * What is done to have a container's image. Without a policy, `latest` is pulled always and other tags and digests when they are not
 * there. @param reference undefined for what is no name of a registry's image
 * @see https://kubernetes.io/docs/concepts/containers/images/#imagepullpolicy-defaulting
 */
export function toPullPolicy(
  { imagePullPolicy }: Pick<Container, 'imagePullPolicy'>,
  reference: ImageReference | undefined,
): PullPolicy {
  const isLatest = reference?.tag === 'latest' && !reference.isDigest;
  return imagePullPolicy ?? (isLatest ? 'Always' : 'IfNotPresent');
}
