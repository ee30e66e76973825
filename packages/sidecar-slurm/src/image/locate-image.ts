import { realpath, stat } from 'node:fs/promises';
import { isAbsolute, relative } from 'node:path';
import { type ImageReference, InterLinkError, parseImageReference, renderReference } from '@interlink/sidecar-sdk';
import type { PodOptions } from '../request/pod-options.ts';
import type { SiteImages } from '../site/slurm-site.ts';

/** Where a container's image comes from. */
export type ImageLocation =
  /** A registry that speaks Docker's protocol. `uri` is for the runtime's command line. */
  | {
      readonly from: 'registry';
      readonly scheme: RegistryScheme;
      readonly uri: string;
      readonly reference: ImageReference;
      /** For messages: what was put before the name that the pod has. Empty when it is looked for by that name. */
      readonly lookedFor: string;
    }
  /** A library of Sylabs' kind, or a web server. */
  | { readonly from: 'download'; readonly uri: string }
  /** A file, or a folder with an image's files, that is there; its real path. */
  | { readonly from: 'path'; readonly path: string };

export type RegistryScheme = 'docker' | 'oras';

const downloads: Readonly<Record<string, RegExp>> = {
  // https://apptainer.org/docs/user/latest/library_api.html: an entity, a collection, a container, tags or a hash; a server before it.
  library: /^library:\/\/(?:[\w.-]+(?::\d+)?\/)?[\w./-]+(?::[\w.,+-]+)?$/,
  https: /^https:\/\/[\w.-]+(?::\d+)?\/[\w./~%+,:@=&?-]*$/,
};

/**
 * Finds out what a container's `image` means. A name without a scheme is looked for behind the site's prefix, or behind `image-root` where
 * the administrator lets pods say that; what runs is only what comes from a registry, a library, a web server by TLS, or lies below a
 * folder that the administrator names.
 * @throws InterLinkError `failed_precondition` with the kubelet's reason InvalidImageName
 */
export async function locateImage(
  image: string,
  { prefix, allowedPaths }: Pick<SiteImages, 'prefix' | 'allowedPaths'>,
  { imageRoot }: Pick<PodOptions, 'imageRoot'>,
): Promise<ImageLocation> {
  if (image === '') throw invalid(image, 'the container names none');
  const isWhole = image.startsWith('/') || image.includes('://');
  const text = isWhole ? image : `${imageRoot ?? prefix}${image}`;
  if (text.startsWith('/')) return { from: 'path', path: await findAllowed(image, text, allowedPaths) };
  const [, scheme = '', name = ''] = /^([^/]*?):\/\/(.*)$/s.exec(text) ?? [undefined, 'docker', text];
  if (scheme === 'docker' || scheme === 'oras') {
    const reference = parseImageReference(name);
    if (reference === undefined)
      throw invalid(image, `${JSON.stringify(name)} is not the name of an image in a registry`);
    const lookedFor = isWhole || text === `${scheme}://${image}` || text === image ? '' : sayLookedFor(name, imageRoot);
    return { from: 'registry', scheme, uri: `${scheme}://${renderReference(reference)}`, reference, lookedFor };
  }
  const form = Object.hasOwn(downloads, scheme) ? downloads[scheme] : undefined;
  if (form === undefined) {
    throw invalid(
      image,
      `images are not taken from ${JSON.stringify(`${scheme}:`)}, but from docker, oras, library, https and allowed paths`,
    );
  }
  if (!form.test(text)) throw invalid(image, `${JSON.stringify(text)} is not an address of ${scheme}`);
  return { from: 'download', uri: text };
}

function sayLookedFor(name: string, imageRoot: string | undefined): string {
  const by = imageRoot === undefined ? "the site's ImagePrefix" : 'annotation image-root';
  return ` (looked for as ${JSON.stringify(name)}, by ${by})`;
}

async function findAllowed(image: string, path: string, allowedPaths: ReadonlyArray<string>): Promise<string> {
  if (allowedPaths.length === 0) throw invalid(image, 'paths are not allowed here (Policy.AllowImagePaths)');
  const wanted = `a file or an image's folder below ${allowedPaths.join(', ')} is wanted (Policy.AllowImagePaths)`;
  const real = await realpath(path).catch(() => undefined);
  const roots = await Promise.all(allowedPaths.map(async (root) => await realpath(root).catch(() => undefined)));
  // In the same words whether it is there or not: what else this account can see is nobody's business.
  if (real === undefined || !roots.some((root) => root !== undefined && isBelow(root, real)))
    throw invalid(image, wanted);
  const found = await stat(real);
  if (found.isFile() || (found.isDirectory() && (await isImageFolder(real)))) return real;
  throw invalid(image, wanted);
}

function isBelow(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== '' && way !== '..' && !way.startsWith('../') && !isAbsolute(way);
}

/** As Apptainer makes them, or any root file system. */
async function isImageFolder(path: string): Promise<boolean> {
  const marks = await Promise.all(
    ['.singularity.d', 'usr', 'bin'].map(async (name) => await stat(`${path}/${name}`).catch(() => undefined)),
  );
  return marks.some((mark) => mark?.isDirectory() === true);
}

function invalid(image: string, why: string): InterLinkError {
  const message = `Cannot use image ${JSON.stringify(image)}: ${why}`;
  return new InterLinkError('failed_precondition', message, { reason: 'InvalidImageName' });
}
