/** Reads what the job writes: one key=value a line, `\n` and `\\` in values. */
export function readKeyValues(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line !== '');
  return Object.fromEntries(
    lines.map((line) => {
      const place = line.indexOf('=');
      const value = line.slice(place + 1).replaceAll(/\\(.)/g, (_, letter) => (letter === 'n' ? '\n' : letter));
      return [line.slice(0, place), value];
    }),
  );
}
