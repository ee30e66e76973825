import { readFileSync } from 'node:fs';

/**
 * A file of bash or perl that scripts are made of. @param path below `script/`
 * They lie in `src` also where the code runs from `dist`, which is as far below the package's folder.
 */
export function scriptText(path: string): string {
  return readFileSync(new URL(`../../src/script/${path}`, import.meta.url), 'utf8');
}
