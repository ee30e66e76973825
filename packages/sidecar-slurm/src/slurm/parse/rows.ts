/**
 * A format for `-O` of squeue and sinfo: with a suffix instead of a width nothing is cut off, in 22.05 as in 24.11.
 * https://slurm.schedmd.com/squeue.html#OPT_Format
 */
export function toFormat(fields: ReadonlyArray<string>): string {
  return fields.map((field) => `${field}:|`).join(',');
}

/** One line of output: what each field says, the empty text where nothing is. */
export type Row<Field extends string> = Readonly<Record<Field, string>>;

/**
 * Reads lines whose every field has a delimiter after it: what {@link toFormat} had written, or sacct's `--parsable`. The last field may hold delimiters. What has too few is no line of ours (a heading, the
 * rest of a comment with a newline in it), and left out.
 */
export function parseRows<Field extends string>(text: string, fields: ReadonlyArray<Field>): Array<Row<Field>> {
  return text.split('\n').flatMap((line) => {
    const parts = line.replace(/\|$/, '').split('|');
    if (parts.length < fields.length) return [];
    const last = parts.slice(fields.length - 1).join('|');
    const entries = fields.map((field, index) => [field, index === fields.length - 1 ? last : parts[index]]);
    return [Object.fromEntries(entries) as Row<Field>];
  });
}

/** Undefined for the many words that Slurm has for "nothing". */
export function known(text: string): string | undefined {
  return nothing.has(text.trim()) ? undefined : text.trim();
}

const nothing: ReadonlySet<string> = new Set(['', '(null)', 'None', 'NONE', 'N/A', 'n/a', 'Unknown', 'NOT_SET']);
