import { readFileSync } from 'node:fs';
import { getAsset, isSea } from 'node:sea';
import { fileURLToPath } from 'node:url';

/** Before the name of a program that the single-file executable runs only for itself. */
export const ownProgramPrefix = 'internal:';

/**
 * A text that code reads at run time. The single-file executable carries it as an asset (`scripts/binaries/`); else it is a file
 * of its package. @param name the asset's @param file where it lies beside the code
 */
export function readAsset(name: string, file: URL): string {
  return isSea() ? getAsset(name, 'utf8') : readFileSync(file, 'utf8');
}

/**
 * What `process.execPath` is to be given to run a program of ours as a process of its own: its file for Node, or for the
 * single-file executable, which is its own Node, the program's name. @param name among `programs` in `scripts/binaries/`
 */
export function ownProgram(name: string, file: URL): string {
  return isSea() ? `${ownProgramPrefix}${name}` : fileURLToPath(file);
}
