/** Reads `key=value` lines as the job's script writes them; a backslash is `\\`, a newline `\n`. A line that is none is left out. */
export function parseKeyValues(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, key, value] = /^([a-z][a-z0-9_]*)=(.*)$/s.exec(line) ?? [];
    if (key !== undefined && value !== undefined) values.set(key, unescapeLine(value));
  }
  return values;
}

export function formatKeyValues(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([key, value]) => `${key}=${escapeLine(String(value))}\n`)
    .join('');
}

export function unescapeLine(text: string): string {
  return text.replaceAll(/\\(.)/gs, (_, next: string) => (next === 'n' ? '\n' : next));
}

function escapeLine(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
