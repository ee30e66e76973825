/** Cells in columns under their titles, in capitals as kubectl has them. A row without a title for each cell is a fault. */
export function renderTable(titles: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string[] {
  const lines = [titles.map((title) => title.toUpperCase()), ...rows];
  const widths = titles.map((_title, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines.map((line) => `  ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('   ')}`.trimEnd());
}
