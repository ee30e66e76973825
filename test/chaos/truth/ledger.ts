import { readFile } from 'node:fs/promises';

export type ContainerName = 'main' | 'helper';

export interface LedgerEntry {
  readonly what: 'start' | 'term' | 'end';
  readonly uid: string;
  readonly container: ContainerName;
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
  const [, what, uid = '', container, attempt = '', up] =
    /^(start|term|end) (\S+) (main|helper) (\S+) (\d+\.\d+)$/.exec(line) ?? [];
  if (what === undefined) throw new Error(`Cannot read the ledger: ${JSON.stringify(line)} is no line of a pod's`);
  return { what: what as LedgerEntry['what'], uid, container: container as ContainerName, attempt, atS: Number(up) };
}
