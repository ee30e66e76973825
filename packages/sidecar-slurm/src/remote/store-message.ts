import { constants } from 'node:fs';
import { mkdir, open, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Message } from './messages.ts';
import type { StepReader } from './step-reader.ts';

/**
 * Writes what a job has told into the pod's folder here. Nothing is made but the folder of an attempt: a pod that was removed meanwhile
 * does not come back. @throws Error when the folder is gone, or what follows does not fit what is here
 */
export async function storeMessage(
  folder: string,
  message: Extract<Message, { kind: 'more' | 'whole' }>,
  reader: StepReader,
): Promise<void> {
  const path = join(folder, message.path);
  if (/\/\d+\/[a-z]+$/.test(message.path)) await mkdir(dirname(path), { mode: 0o700 }).catch(unlessThere);
  if (message.kind === 'whole') {
    const content = Buffer.concat(await Array.fromAsync(reader.bytes(message.length)));
    // Nobody else writes here while this pod has its link.
    await writeFile(`${path}.new`, content, { mode: 0o600 });
    await rename(`${path}.new`, path);
    return;
  }
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = constants;
  await using file = await open(path, O_APPEND | O_CREAT | O_NOFOLLOW | O_WRONLY, 0o600);
  const { size } = await file.stat();
  if (size !== message.offset) throw new Error(`${message.path} has ${size} bytes here, not ${message.offset}`);
  for await (const bytes of reader.bytes(message.length)) await file.writeFile(bytes);
}

function unlessThere(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
}
