import { setTimeout as sleep } from 'node:timers/promises';
import type { SlurmHost } from '../../../testbed/index.ts';

const looksEveryMs = 5_000;

/**
 * What an operator does, until the signal says stop: Slurm drains a node that still has a job of the same id, as after a slurmctld that was
 * killed, or that could not be killed off, and he who sees that for the second time takes the node back.
 */
export async function resumeNode({ data, shell }: SlurmHost, signal: AbortSignal): Promise<void> {
  let wasDrained = false;
  while (!signal.aborted) {
    const { stdout } = await shell.run(['sinfo', '-h', '-p', 'main', '-o', '%T'], { account: 'root' });
    const isDrained = /^(drain|down)/.test(stdout.trim());
    if (isDrained && wasDrained)
      await shell.run(['scontrol', 'update', `NodeName=${data.node}`, 'State=RESUME'], { account: 'root' });
    wasDrained = isDrained;
    await sleep(looksEveryMs, undefined, { signal }).catch(() => undefined);
  }
}
