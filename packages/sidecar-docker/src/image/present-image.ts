import { type ImageReference, renderRepository, toRepository } from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';

/** An image that the engine has. */
export interface PresentImage {
  /** For statuses: `docker-pullable://name@sha256:…`, or `docker://sha256:…` for one that came from no registry. */
  readonly imageId: string;
  /** For the engine: `sha256:…`. Unlike a tag it never comes to mean another image. */
  readonly engineId: string;
  /** Its `USER`. */
  readonly user: string;
}

/** An image may have come from several repositories: the digest is that of the one it was asked from. */
export function toPresentImage(
  { Id: id, RepoDigests: digests, Config: config }: Pick<Docker.ImageInspectInfo, 'Id' | 'RepoDigests' | 'Config'>,
  reference: ImageReference,
): PresentImage {
  const wanted = renderRepository(toRepository(reference.name));
  const repositoryOf = (digest: string) => renderRepository(toRepository(digest.split('@')[0] ?? ''));
  const digest = digests?.find((candidate) => repositoryOf(candidate) === wanted) ?? digests?.[0];
  const imageId = digest === undefined ? `docker://${id}` : `docker-pullable://${digest}`;
  return { imageId, engineId: id, user: config?.User ?? '' };
}
