import { readAsset } from '@interlink/sidecar-sdk';

/**
 * A file of bash or perl that scripts are made of. @param path below `script/`
 * They lie in `src` also where the code runs from `dist`, which is as far below the package's folder.
 */
export function scriptText(path: string): string {
  const known = texts.get(path);
  if (known !== undefined) return known;
  const text = readAsset(`sidecar-slurm/script/${path}`, new URL(`../../src/script/${path}`, import.meta.url));
  texts.set(path, text);
  return text;
}

/** Read once: each pod's script has them all. */
const texts = new Map<string, string>();
