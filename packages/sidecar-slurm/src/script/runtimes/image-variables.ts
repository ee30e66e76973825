import type { PlannedImage } from '../../image/planned-image.ts';
import { renderMap, renderValue } from '../bash-values.ts';

/** What `image-cache.sh` reads. Of logins it is told how many there are; they are in files: see `renderAuthFiles`. */
export function imageVariables(
  { cache, form }: { readonly cache: string; readonly form: 'sif' | 'sqsh' },
  images: ReadonlyArray<readonly [container: string, PlannedImage]>,
): string[] {
  const map = (name: string, value: (image: PlannedImage) => string) =>
    renderMap(
      name,
      images.map(([container, image]) => [container, value(image)]),
    );
  return [
    renderValue('image_cache', cache),
    renderValue('image_form', form),
    map('image_uri', ({ uri }) => uri),
    map('image_path', ({ path }) => path),
    map('image_key', ({ key }) => key),
    map('image_known_id', ({ imageId }) => imageId),
    map('image_repository', ({ repository }) => repository),
    map('image_verified', ({ isVerified }) => (isVerified ? 'yes' : '')),
    map('image_access', ({ accessKeys }) => accessKeys.join(' ')),
    map('image_logins', ({ logins }) => String(logins.length)),
    map('image_insecure', ({ isInsecure }) => (isInsecure ? 'yes' : '')),
    map('image_looked_for', ({ lookedFor }) => lookedFor),
  ];
}
