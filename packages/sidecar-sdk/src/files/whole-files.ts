import { randomUUID } from 'node:crypto';
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
  const draft = await writeDraft(path, text);
  try {
    await rename(draft, path);
  } catch (error) {
    await removeFile(draft);
    throw error;
  }
}

/** As {@link writeWhole}, but a file that is there stays. @returns false when there was one */
export async function writeNew(path: string, text: string): Promise<boolean> {
  const draft = await writeDraft(path, text);
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
    return false;
  } finally {
    await removeFile(draft);
  }
}

export async function removeFile(path: string): Promise<void> {
  await rm(path, { force: true });
}

/** The folder is nearly always there: to make sure of it each time takes as long as to write the file. */
async function writeDraft(path: string, text: string): Promise<string> {
  const draft = `${path}.${randomUUID()}.new`;
  try {
    try {
      await writeFile(draft, text, { mode: 0o600 });
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await writeFile(draft, text, { mode: 0o600 });
    }
    return draft;
  } catch (error) {
    await removeFile(draft);
    throw error;
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
