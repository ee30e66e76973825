import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandOutput } from '../commands/run-command.ts';
import { parseRows, type Row } from '../parse/rows.ts';

const testdata = join(import.meta.dirname, '../testdata');

/** The releases of which output is recorded; test/testbed/slurm/recording records it anew. */
export const recordedReleases: ReadonlyArray<string> = readdirSync(testdata).filter((name) => /^[\d.]+$/.test(name));
/** A site with an accounting database. */
export const accountingSite = '22.05-slurmdbd';

/** One command as it was called and answered by a real Slurm. */
export interface Recording {
  readonly name: string;
  readonly argv: ReadonlyArray<string>;
  readonly output: CommandOutput;
}

/** Every recording of a release whose name begins so. */
export function recordingsOf(release: string, prefix: string): Recording[] {
  const folder = join(testdata, release);
  const commands = JSON.parse(readFileSync(join(folder, 'commands.json'), 'utf8')) as Record<
    string,
    { argv: string[]; exitCode: number }
  >;
  const read = (file: string) => (existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : '');
  return Object.entries(commands)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, { argv, exitCode }]) => {
      const output = {
        ending: 'exited',
        exitCode,
        stdout: read(`${name}.stdout`),
        stderr: read(`${name}.stderr`),
      } as const;
      return { name, argv, output };
    });
}

/** The one recording of that name. @throws Error when there is none */
export function recording(release: string, name: string): Recording {
  const found = recordingsOf(release, name).find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`nothing recorded of ${name} on ${release}`);
  return found;
}

/**
 * What was recorded with one `-O`, as another would have shown it.
 * @param standIns fields that were not recorded, by what stands in for them
 */
export function reformat(
  { argv, output }: Recording,
  fields: ReadonlyArray<string>,
  standIns: Readonly<Record<string, string>> = {},
): string {
  const recorded = (argv[argv.indexOf('-O') + 1] ?? '').split(',').map((field) => field.replace(':|', ''));
  const rows = parseRows(output.stdout, recorded);
  const toLine = (row: Row<string>) => fields.map((field) => `${row[standIns[field] ?? field]}|`).join('');
  return rows.map((row) => `${toLine(row)}\n`).join('');
}
