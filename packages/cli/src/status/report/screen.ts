import { renderText } from './render-text.ts';
import type { StatusReport } from './status-report.ts';

/** Home, and clear what is below: https://vt100.net/docs/vt510-rm/ED.html */
const anew = '\u001b[H\u001b[J';

export interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Shows a report in place of the one before; where nobody looks, one after the other; for programs a line each. */
export function screenOf(output: Output, format: 'text' | 'json'): (report: StatusReport) => void {
  if (format === 'json') return (report) => void output.write(`${JSON.stringify(report)}\n`);
  const before = output.isTTY === true ? anew : '';
  return (report) => void output.write(`${before}${renderText(report)}${before === '' ? '\n' : ''}`);
}
