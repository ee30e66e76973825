import { refuseValue } from './flag-value.ts';
import { findOption, findShortOption, type SbatchOption, similarOption } from './sbatch-options.ts';

/** Options of sbatch by their long names; `true`: without a value. Set twice, the last one holds, as with sbatch. */
export type SbatchFlags = ReadonlyMap<string, string | true>;

export interface ParsedFlags {
  readonly flags: SbatchFlags;
  /** What is no option of sbatch, or has a value that won't do, each by its name. */
  readonly problems: ReadonlyArray<string>;
}

/**
 * Reads options of sbatch as getopt does (`-p gpu`, `-pgpu`, `--partition gpu`, `--partition=gpu`, `-HO`), but takes no beginnings
 * of long names: what they stand for differs between releases of Slurm. At the first word that is none it stops, since what is
 * meant by those after it can't be told.
 */
export function parseFlags(words: ReadonlyArray<string>): ParsedFlags {
  const flags = new Map<string, string | true>();
  const problems: string[] = [];
  const rest = words.values();
  for (const word of rest) {
    const read = word.startsWith('--') ? readLong(word) : readShort(word);
    if (typeof read === 'string') {
      problems.push(read);
      break;
    }
    for (const { option, value } of read) {
      const taken = value ?? (option.value === 'needed' ? rest.next().value : true);
      const problem = taken === undefined ? 'a value is wanted' : refuseValue(option, taken);
      if (problem !== undefined) problems.push(`--${option.name}: ${problem}`);
      else if (taken !== undefined) flags.set(option.name, taken);
    }
  }
  return { flags, problems };
}

/** One word for each option, so that no value is ever taken for another option. */
export function renderFlags(flags: SbatchFlags): string[] {
  return [...flags].map(([name, value]) => (value === true ? `--${name}` : `--${name}=${value}`));
}

interface ReadOption {
  readonly option: SbatchOption;
  readonly value: string | undefined;
}

function readLong(word: string): ReadonlyArray<ReadOption> | string {
  const [, name = '', value] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
  const option = findOption(name);
  if (option === undefined) {
    const near = similarOption(name);
    return `${shown(`--${name}`)} is no option of sbatch${near === undefined ? '' : `: did you mean --${near}?`}`;
  }
  if (option.value === 'none' && value !== undefined) return `--${name} has no value`;
  return [{ option, value }];
}

/** Letters without values may stand together; the first that has one takes the rest of the word. */
function readShort(word: string): ReadonlyArray<ReadOption> | string {
  if (!/^-./s.test(word)) return `${shown(word)} is no option of sbatch`;
  const read: ReadOption[] = [];
  const [, ...letters] = word;
  for (const [index, letter] of letters.entries()) {
    const option = findShortOption(letter);
    if (option === undefined) return `${shown(`-${letter}`)} is no option of sbatch`;
    if (option.value === 'none') read.push({ option, value: undefined });
    else return [...read, { option, value: letters.slice(index + 1).join('') || undefined }];
  }
  return read;
}

function shown(word: string): string {
  return /^[!-~]{1,64}$/.test(word) ? word : JSON.stringify(word.slice(0, 64));
}
