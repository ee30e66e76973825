import type { SbatchOption } from './sbatch-options.ts';

/** Slurm keeps values in its records, and prints them on lines. */
const printable = /^[ -~]{1,1000}$/;
/** Names of nodes; with a slash in it, sbatch reads a file of that name. */
const hostLists: ReadonlySet<string> = new Set(['nodelist', 'exclude']);
/** Instead of submitting anything, sbatch prints what it knows and exits with success: `--gres=help`. */
const printing: ReadonlySet<string> = new Set(['help', 'list']);

/** Why sbatch is not given this value, or undefined. */
export function refuseValue({ name, value: kind }: SbatchOption, value: string | true): string | undefined {
  if (value === true) return kind === 'needed' ? 'a value is wanted' : undefined;
  if (value === '') return 'a value is wanted';
  if (!printable.test(value)) {
    return `${JSON.stringify(value.slice(0, 64))} is no value: at most 1000 printable characters of ASCII are wanted`;
  }
  if (value.startsWith('=')) return `${JSON.stringify(value)} begins with "="`;
  if (/^-(?!\d+$)/.test(value)) return `${JSON.stringify(value)} begins with "-"`;
  if (hostLists.has(name) && value.includes('/')) {
    return `${JSON.stringify(value)} would be the name of a file: names of nodes are wanted`;
  }
  if (value.split(',').some((part) => printing.has(part.trim().toLowerCase()))) {
    return `${JSON.stringify(value)} would make sbatch print that and submit nothing`;
  }
  return undefined;
}
