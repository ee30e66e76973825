import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');

/** The commands in the first block of shell after a heading of a document, which is a path from the repository's root. */
export async function commandsBelow(document: string, heading: string): Promise<string> {
  const text = await readFile(join(root, document), 'utf8');
  const [, rest] = text.split(`\n${heading}\n`);
  const block = /```bash\n([\s\S]*?)```/.exec(rest ?? '')?.[1];
  if (block === undefined) throw new Error(`${document} has no commands below ${JSON.stringify(heading)}`);
  return block;
}
