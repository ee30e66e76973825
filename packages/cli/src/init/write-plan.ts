import { chmod, mkdir, stat } from 'node:fs/promises';
import { InterLinkError } from '@interlink/protocol';
import { readText, writeNew, writeWhole } from '@interlink/sidecar-sdk';
import type { Credential, InitPlan } from './plan-files.ts';

export interface WriteOptions {
  /** Replaces what is there, credentials as well. */
  readonly isForced: boolean;
  /** Called when credentials are to be written, and only then. */
  makeCredentials(): Promise<ReadonlyMap<Credential, string>>;
}

/** A file, and what became of it. */
export interface Written {
  readonly path: string;
  readonly outcome: 'written' | 'unchanged';
}

/**
 * Writes what is missing, for this account only. What is there already stays: configurations that are as they are to be, and credentials,
 * whatever is in them.
 * @throws InterLinkError `failed_precondition`, before anything is written, for a configuration that says something else, and for credentials
 * of which some are there
 */
export async function writePlan(plan: InitPlan, { isForced, makeCredentials }: WriteOptions): Promise<Written[]> {
  const { configurations, credentials, folders } = plan;
  const missing = isForced ? [...credentials.keys()] : await missingOf([...credentials.keys()]);
  const others = isForced ? [] : await differing(configurations);
  const isTorn = missing.length > 0 && missing.length < credentials.size;
  if (others.length > 0 || isTorn) throw refusal(others, isTorn ? missing : []);
  const made = missing.length === 0 ? undefined : await makeCredentials();
  const texts = [...configurations, ...[...credentials].map(([path, name]) => [path, made?.get(name)] as const)];
  for (const folder of folders) await makePrivate(folder);
  const written: Written[] = [];
  for (const [path, text] of texts) {
    const isWritten = text !== undefined && (await write(path, text, isForced));
    written.push({ path, outcome: isWritten ? 'written' : 'unchanged' });
  }
  return written;
}

async function write(path: string, text: string, isForced: boolean): Promise<boolean> {
  if (!isForced) return await writeNew(path, text);
  await writeWhole(path, text);
  return true;
}

/** A folder of sockets has to be this account's alone: nobody is asked for a token there. */
async function makePrivate(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
}

async function missingOf(paths: ReadonlyArray<string>): Promise<string[]> {
  const found = await Promise.all(paths.map(async (path) => ((await isThere(path)) ? [] : [path])));
  return found.flat();
}

async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    (error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
      throw error;
    },
  );
}

async function differing(texts: ReadonlyMap<string, string>): Promise<string[]> {
  const found = await Promise.all(
    [...texts].map(async ([path, text]) => {
      const there = await readText(path);
      return there === undefined || there === text ? [] : [path];
    }),
  );
  return found.flat();
}

function refusal(others: ReadonlyArray<string>, missing: ReadonlyArray<string>): InterLinkError {
  const problems = [
    ...others.map((path) => `${path} is there and says something else`),
    ...(missing.length === 0
      ? []
      : [`of the credentials, which fit each other, only these are missing: ${missing.join(', ')}`]),
  ];
  const message = `Nothing was written: ${problems.join('; ')}. --force writes all files anew, credentials as well`;
  return new InterLinkError('failed_precondition', message);
}
