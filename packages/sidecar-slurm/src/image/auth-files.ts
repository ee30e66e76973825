import type { Login } from '@interlink/sidecar-sdk';
import type { PlannedImage } from './planned-image.ts';

/** The file of the n-th login of each image, in the pod's folder. Read by `script/lib/images.sh`. */
function authFileName(index: number): string {
  return index === 0 ? 'auth.json' : `auth-${index}.json`;
}

interface Entry {
  readonly auth: string;
  readonly identitytoken?: string;
}

/**
 * The logins of a pod's images as files of Docker's form, by name; none: no files. An image with several logins has one in each file,
 * because a file has room for one. Secret: to be written with mode 0600, and removed once all images are there.
 * @see https://github.com/containers/image/blob/main/docs/containers-auth.json.5.md
 */
export function renderAuthFiles(images: ReadonlyArray<PlannedImage>): Map<string, string> {
  const count = Math.max(0, ...images.map(({ logins }) => logins.length));
  return new Map(
    Array.from({ length: count }, (_, index) => {
      const auths: Record<string, Entry> = {};
      for (const { repository, logins } of images) {
        const login = logins[index];
        if (login === undefined) continue;
        auths[repository] = toEntry(login);
        // Apptainer looks for ORAS' logins by the registry's name only; the first image decides for those that are not named.
        auths[repository.slice(0, repository.indexOf('/'))] ??= toEntry(login);
      }
      return [authFileName(index), `${JSON.stringify({ auths })}\n`];
    }),
  );
}

function toEntry({ username = '', password = '', identityToken = '' }: Login): Entry {
  const auth = Buffer.from(`${username}:${password}`).toString('base64');
  return identityToken === '' ? { auth } : { auth, identitytoken: identityToken };
}
