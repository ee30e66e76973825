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
