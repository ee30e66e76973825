import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type Kubeconfig, parseKubeconfig } from './kubeconfig-file.ts';

/** A kubeconfig and the file or files that it came from. */
export interface FoundKubeconfig {
  files: string[];
  kubeconfig: Kubeconfig;
}

/**
 * Finds the kubeconfig as kubectl does: the file given, else the list in `KUBECONFIG`, else `~/.kube/config` if there is one.
 * In a list, files that do not exist are skipped, and the first file to name a cluster, user, context or current context wins.
 * @returns undefined when there is none, so that the caller may look for an in-cluster account.
 * @throws Error naming the file, when one that was asked for is missing or cannot be parsed.
 */
export async function findKubeconfig(
  given: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<FoundKubeconfig | undefined> {
  if (given !== undefined) {
    const kubeconfig = await readKubeconfig(given);
    if (kubeconfig === undefined) throw new Error(`Cannot read kubeconfig "${given}": no such file`);
    return { files: [given], kubeconfig };
  }
  const listed = (env.KUBECONFIG ?? '').split(delimiter).filter((path) => path !== '');
  if (listed.length > 0) {
    const found = await readAll(listed);
    if (found === undefined) throw new Error(`Cannot read KUBECONFIG "${env.KUBECONFIG}": none of its files exists`);
    return found;
  }
  return readAll([join(env.HOME ?? homedir(), '.kube', 'config')]);
}

async function readAll(paths: string[]): Promise<FoundKubeconfig | undefined> {
  const files: string[] = [];
  const kubeconfigs: Kubeconfig[] = [];
  for (const path of paths) {
    const kubeconfig = await readKubeconfig(path);
    if (kubeconfig === undefined) continue;
    files.push(path);
    kubeconfigs.push(kubeconfig);
  }
  return files.length === 0 ? undefined : { files, kubeconfig: mergeKubeconfigs(kubeconfigs) };
}

/** Merges in order of precedence, first wins. https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/ */
export function mergeKubeconfigs(kubeconfigs: Kubeconfig[]): Kubeconfig {
  const lastFirst = kubeconfigs.toReversed();
  return {
    currentContext: kubeconfigs.find(({ currentContext }) => currentContext !== undefined)?.currentContext,
    clusters: new Map(lastFirst.flatMap(({ clusters }) => [...clusters])),
    users: new Map(lastFirst.flatMap(({ users }) => [...users])),
    contexts: new Map(lastFirst.flatMap(({ contexts }) => [...contexts])),
  };
}

async function readKubeconfig(path: string): Promise<Kubeconfig | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`Cannot read kubeconfig "${path}": ${(err as Error).message}`, { cause: err });
  }
  return parseKubeconfig(text, path);
}
