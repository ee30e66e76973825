import { readFile } from 'node:fs/promises';

export interface LedgerEntry {
  readonly what: 'start' | 'term' | 'end';
  readonly uid: string;
  /** Of the command: another attempt has another. */
  readonly attempt: string;
  /** Seconds since the machine was started. */
  readonly atS: number;
}

/** What the pods' own commands have noted, in the order in which it happened. */
export async function readLedger(path: string): Promise<LedgerEntry[]> {
  const text = await readFile(path, 'utf8');
  return text.split('\n').filter(Boolean).map(parseLedgerLine);
}

/** @throws Error for a line that no pod writes */
export function parseLedgerLine(line: string): LedgerEntry {
  const [, what, uid = '', attempt = '', up] = /^(start|term|end) (\S+) (\S+) (\d+\.\d+)$/.exec(line) ?? [];
  if (what === undefined) throw new Error(`Cannot read the ledger: ${JSON.stringify(line)} is no line of a pod's`);
  return { what: what as LedgerEntry['what'], uid, attempt, atS: Number(up) };
}
