import type { Release } from './control-plane/binaries.ts';
import type { ExtraFlags } from './control-plane/flags.ts';
import type { OnDemandPart } from './on-demand.ts';
import type { Part } from './requirements.ts';
import type { TestbedData } from './testbed-data.ts';

/** What the supervisor is to start; passed as JSON in its only argument. */
export interface SupervisorTask {
  directory: string;
  parts: Part[];
  /** What may be asked for later. */
  onDemand: OnDemandPart[];
  flags: ExtraFlags;
  /** Of Kubernetes. */
  release: Release;
}

/** What a testbed and its supervisor say to each other, over Node's channel between parent and child. */
export type FromSupervisor =
  | { type: 'progress'; line: string }
  | { type: 'ready'; data: TestbedData }
  | { type: 'failed'; message: string };
export type ToSupervisor = { type: 'stop' };
