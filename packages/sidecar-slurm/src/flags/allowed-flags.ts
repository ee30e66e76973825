import type { SbatchFlags } from './parse-flags.ts';
import { findOption, sbatchOptions, similarOption } from './sbatch-options.ts';

/** What pods may set where Slurm.AllowedFlags says nothing. */
export const commonFlags: ReadonlySet<string> = new Set(
  sbatchOptions.filter(({ standing }) => standing === 'common').map(({ name }) => name),
);

/** Reads the key Slurm.AllowedFlags: long names, with or without dashes, or beginnings of them with a star. What is wrong is added to `problems`. */
export function parseAllowedFlags(list: ReadonlyArray<unknown> | undefined, problems: string[]): ReadonlySet<string> {
  if (list === undefined) return commonFlags;
  return new Set(list.flatMap((entry, index) => parseEntry(entry, `Slurm.AllowedFlags[${index}]`, problems)));
}

function parseEntry(entry: unknown, place: string, problems: string[]): string[] {
  const name = typeof entry === 'string' ? entry.replace(/^--/, '') : '';
  if (/^[a-z-]+\*$/.test(name)) {
    const found = sbatchOptions.filter((one) => one.standing !== 'never' && one.name.startsWith(name.slice(0, -1)));
    if (found.length === 0)
      problems.push(`${place} is ${JSON.stringify(entry)}: no option that pods may set begins so`);
    return found.map((option) => option.name);
  }
  const option = findOption(name);
  if (option === undefined) {
    const near = similarOption(name);
    const hint = near === undefined ? 'the long name of an option of sbatch is wanted' : `did you mean ${near}?`;
    problems.push(`${place} is ${JSON.stringify(entry)}: ${hint}`);
    return [];
  }
  if (option.standing === 'never') {
    problems.push(`${place} is ${JSON.stringify(entry)}: the sidecar keeps --${name} to itself`);
    return [];
  }
  return [name];
}

/** Which of these a pod may not set, and why. */
export function refuseFlags(flags: SbatchFlags, allowed: ReadonlySet<string>): string[] {
  return [...flags.keys()]
    .filter((name) => !allowed.has(name))
    .map((name) =>
      findOption(name)?.standing === 'never'
        ? `--${name} can't be set by a pod`
        : `--${name} is not allowed here: Slurm.AllowedFlags does not list it`,
    );
}
