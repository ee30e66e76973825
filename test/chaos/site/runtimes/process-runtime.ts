import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Runtime, RuntimeSite } from './runtime.ts';

/** Pods are processes of this machine, in folders below the site's own. */
export const processRuntime: Runtime = {
  command: 'process-sidecar',
  env: {},
  keys: {},
  image: 'none',
  slowerMs: 0,
  dataFolder,
  leftBehind: async (site) => await podFolders(dataFolder(site)),
  faults: {},
  close: async () => undefined,
};

function dataFolder({ directory }: RuntimeSite): string {
  return join(directory, 'data');
}

/** @param root DataRootFolder of the process sidecar */
export async function podFolders(root: string): Promise<string[]> {
  const names = await readdir(join(root, 'pods')).catch(() => [] as string[]);
  return names.map((name) => `folder ${name}`);
}
