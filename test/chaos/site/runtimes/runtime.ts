import type { Mend } from '../../faults/fault.ts';
import type { RuntimeFaultName } from '../../plan/fault-names.ts';

/** Which site of a runtime: its own folder on this machine, and the name of its node. */
export interface RuntimeSite {
  readonly directory: string;
  readonly node: string;
}

/** What stands below the sidecar under test for a whole run, and what is to be seen there past the sidecar. */
export interface Runtime {
  /** The sidecar's command. */
  readonly command: 'process-sidecar' | 'docker-sidecar' | 'slurm-sidecar';
  /** Variables of the sidecar. */
  readonly env: Readonly<Record<string, string>>;
  /** Keys of its configuration, over those of all sidecars. */
  readonly keys: Readonly<Record<string, unknown>>;
  /** Of a pod's containers. */
  readonly image: string;
  /** Below it are the files that pods write to on this machine; undefined: they see all of it. */
  readonly mounted?: string | undefined;
  /** How much longer pods may take to their ends than with the process sidecar, and why. */
  readonly slowerMs: number;
  /** DataRootFolder. */
  dataFolder(site: RuntimeSite): string;
  /** What is still there of pods of which nothing may be. */
  leftBehind(site: RuntimeSite): Promise<string[]>;
  /** What is done by the name of a fault. */
  readonly faults: Readonly<Partial<Record<RuntimeFaultName, () => Promise<Mend>>>>;
  close(): Promise<void>;
}
