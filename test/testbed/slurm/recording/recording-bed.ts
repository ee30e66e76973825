import { startTestbed } from '../../testbed.ts';
import type { NodeName } from '../cluster-members.ts';
import { startOwnSlurmCluster, startOwnSlurmHost } from '../own-slurm.ts';
import type { SlurmShell } from '../slurm-shell.ts';

/** A Slurm that recordings may do anything to. */
export interface RecordingBed {
  readonly version: string;
  readonly nodes: readonly string[];
  readonly shell: SlurmShell;
  killNode(node: string): Promise<void>;
  stopController(): Promise<void>;
}

/** @param which `host` or `cluster` */
export async function openRecordingBed(which: string, cleanUp: AsyncDisposableStack): Promise<RecordingBed> {
  if (which === 'host') {
    const { data, shell, killNode, stopController } = cleanUp.use(await startOwnSlurmHost());
    const { version, node } = data;
    return { version, nodes: [node], shell, killNode, stopController: () => stopController('SIGTERM') };
  }
  if (which !== 'cluster') throw new Error(`Cannot record "${which}": wanted is "host" or "cluster"`);
  const testbed = await startTestbed({ controlPlane: false });
  cleanUp.defer(() => testbed.stop());
  const { data, commands, killNode, stopController } = cleanUp.use(await startOwnSlurmCluster(testbed));
  return {
    version: data.version,
    nodes: data.nodes,
    shell: commands.shell('login'),
    killNode: (node) => killNode(node as NodeName),
    stopController: () => stopController('SIGTERM'),
  };
}
