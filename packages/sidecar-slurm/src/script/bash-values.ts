import { quoteWord } from '@interlink/sidecar-sdk';

/** A line of bash that sets a variable. @throws Error for a value that no shell can hold */
export function renderValue(name: string, value: string): string {
  return `${name}=${quote(value)}`;
}

export function renderList(name: string, values: Iterable<string>): string {
  return `${name}=(${[...values].map(quote).join(' ')})`;
}

/** An associative array; entries without a value are left out. */
export function renderMap(name: string, entries: Iterable<readonly [key: string, value: string | undefined]>): string {
  const lines = [...entries].flatMap(([key, value]) =>
    value === undefined ? [] : [`  [${quote(key)}]=${quote(value)}\n`],
  );
  return lines.length === 0 ? `declare -A ${name}=()` : `declare -A ${name}=(\n${lines.join('')})`;
}

function quote(value: string): string {
  if (value.includes('\0')) throw new Error(`${JSON.stringify(value)} holds a NUL, which no shell can`);
  return quoteWord(value);
}
