/** An image as `POST /images/create` wants it. */
export interface ImageReference {
  /** With the registry, where one is named. */
  readonly name: string;
  /** A tag or a digest (`sha256:…`). */
  readonly tag: string;
  readonly isDigest: boolean;
}

const host =
  '(?:[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?(?:\\.[a-zA-Z0-9](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?)*|\\[[a-fA-F0-9:]+\\])';
const part = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const pattern = new RegExp(
  `^((?:${host}(?::\\d+)?/)?${part}(?:/${part})*)(?::([\\w][\\w.-]{0,127}))?(?:@([A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?$`,
);

/**
 * Reads an image's name; undefined when it is none. Without tag and digest the tag is `latest`; a digest goes before a tag.
 * @see https://pkg.go.dev/github.com/distribution/reference
 */
export function parseImageReference(image: string): ImageReference | undefined {
  const match = pattern.exec(image);
  if (match === null) return undefined;
  const [, name = '', tag, digest] = match;
  return { name, tag: digest ?? tag ?? 'latest', isDigest: digest !== undefined };
}

/** The image as the engine is asked for it; of `name:tag@digest` the digest decides. */
export function renderReference({ name, tag, isDigest }: ImageReference): string {
  return isDigest ? `${name}@${tag}` : `${name}:${tag}`;
}

/** Where an image is kept. */
export interface Repository {
  /** With its port, if it has one. */
  readonly registry: string;
  readonly path: string;
}

const hubHosts: ReadonlySet<string> = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io']);
const hub = 'docker.io';

/** All names of Docker Hub are one; a registry is what has a dot, a colon or the name localhost, as Docker reads it. */
export function toRegistry(host: string): string {
  return hubHosts.has(host) ? hub : host;
}

/** `busybox` is `library/busybox` of `docker.io`: https://pkg.go.dev/github.com/distribution/reference#ParseNormalizedNamed */
export function toRepository(name: string): Repository {
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(slash, 0));
  const isHost = /[.:]/.test(first) || first === 'localhost';
  const registry = isHost ? toRegistry(first) : hub;
  const path = isHost ? name.slice(slash + 1) : name;
  return { registry, path: registry === hub && !path.includes('/') ? `library/${path}` : path };
}

export function renderRepository({ registry, path }: Repository): string {
  return `${registry}/${path}`;
}
