export interface SoakResult {
  readonly name: string;
  /** Milliseconds by what they measure. */
  readonly measured: Readonly<Record<string, number>>;
  /** Undefined when it was as expected. */
  readonly failure: string | undefined;
}

/** The table of docs/reliability.md: how often each fault was endured, and the least and most of what was measured. */
export function renderSoakTable(faults: ReadonlyArray<{ name: string }>, results: ReadonlyArray<SoakResult>): string {
  const rows = faults.map(({ name }) => {
    const own = results.filter((result) => result.name === name);
    const passed = own.filter(({ failure }) => failure === undefined);
    const keys = Object.keys(passed[0]?.measured ?? {});
    const spans = keys.map((key) => `${words(key)} ${span(passed.map(({ measured }) => measured[key] ?? 0))}`);
    return `| ${name} | ${passed.length} of ${own.length} | ${spans.join('; ')} |\n`;
  });
  return `| fault | as expected | seconds |\n|---|---|---|\n${rows.join('')}`;
}

/** `statusMs` is `status`. */
function words(key: string): string {
  return key.replace(/Ms$/, '');
}

function span(ms: ReadonlyArray<number>): string {
  const [least, most] = [Math.min(...ms), Math.max(...ms)].map((value) => (value / 1_000).toFixed(1));
  return least === most ? `${least}` : `${least} to ${most}`;
}
