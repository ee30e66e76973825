import { readdir, readFile } from 'node:fs/promises';
import type { ChaosSite } from '../site/chaos-site.ts';

/** What is still there of pods of which nothing may be: at backends and what they stand on, on the disk, among the processes. */
export async function leftBehind(site: ChaosSite, cluster: string, ledger: string): Promise<string[]> {
  const [held, played, below, processes] = await Promise.all([
    site.held('real', cluster),
    site.held('mock', cluster),
    site.runtime.leftBehind({ directory: site.directory, node: site.nodes.real }),
    processesOf(ledger),
  ]);
  return [
    ...held.map(({ uid }) => `pod ${uid} at the real sidecar`),
    ...played.map(({ uid }) => `pod ${uid} at the mock sidecar`),
    ...below,
    ...processes.map((pid) => `process ${pid}`),
  ];
}

/** Of pods: they have the ledger's path in their environment. */
async function processesOf(ledger: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const isOfPod = async (pid: string) => {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    return environment.split('\0').includes(`LEDGER=${ledger}`);
  };
  const found = await Promise.all(pids.map(async (pid) => ((await isOfPod(pid)) ? [pid] : [])));
  return found.flat();
}
