import { randomBytes } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Undefined when there is no such file. */
export async function readText(path: string): Promise<string | undefined> {
  return await undefinedWhenMissing(async () => await readFile(path, 'utf8'));
}

/** None when there is no such folder. */
export async function listNames(folder: string): Promise<string[]> {
  return (await undefinedWhenMissing(async () => await readdir(folder))) ?? [];
}

/** Writes a file that only this account can read, whole or not at all; its folder is made when missing. */
export async function writeWhole(path: string, text: string): Promise<void> {
  await withDraft(path, text, async (draft) => await rename(draft, path));
}

/** As {@link writeWhole}, but a file that is there stays. */
export async function writeNew(path: string, text: string): Promise<void> {
  await withDraft(path, text, async (draft) => {
    await link(draft, path).catch((error: unknown) => {
      if (!hasCode(error, 'EEXIST')) throw error;
    });
  });
}

export async function removeFile(path: string): Promise<void> {
  await rm(path, { force: true });
}

async function withDraft(path: string, text: string, publish: (draft: string) => Promise<void>): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomBytes(4).toString('hex')}.new`;
  try {
    await writeFile(draft, text, { mode: 0o600 });
    await publish(draft);
  } finally {
    await rm(draft, { force: true });
  }
}

async function undefinedWhenMissing<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
