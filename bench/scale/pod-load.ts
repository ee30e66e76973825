import { setTimeout as sleep } from 'node:timers/promises';
import { pods } from '@interlink/kube';
import { benchPod } from '../bench-pod.ts';
import type { ApiWatch } from '../pod-times.ts';
import { waitUntil } from '../wait-until.ts';
import type { ScaleOptions } from './scale-load.ts';
import type { System } from './system.ts';

export interface Batch {
  readonly prefix: string;
  readonly count: number;
  /** In a second, evenly, whether or not earlier ones are answered; undefined: as many as the clients can. */
  readonly rate: number | undefined;
  /** Until they end by themselves; undefined: they don't. */
  readonly runSeconds?: number;
}

const clients = 32;
const exitsPerSecond = 20;

/** Creates pods of a system's nodes. @returns their UIDs */
export async function createPods(
  { nodeNames }: System,
  watch: ApiWatch,
  { client, namespace, hasTokens: hasToken }: ScaleOptions,
  { prefix, count, rate, runSeconds }: Batch,
): Promise<string[]> {
  const from = performance.now();
  const numbers = Array.from({ length: count }).keys();
  const uids: string[] = [];
  const create = async () => {
    for (const number of numbers) {
      if (rate !== undefined) await sleep(Math.max(0, from + (number / rate) * 1_000 - performance.now()));
      const createdAt = performance.now();
      const nodeName = nodeNames[number % nodeNames.length] ?? '';
      const pod = benchPod({ name: `${prefix}-${number}`, nodeName, hasToken, runSeconds });
      const { metadata } = await client.create(pods, { namespace }, pod);
      watch.markCreated(metadata?.uid, createdAt);
      uids.push(metadata?.uid ?? '');
    }
  };
  await Promise.all(Array.from({ length: clients }, create));
  return uids;
}

/** Deletes the pods of a batch one by one, as their controllers would: an API server gives up on 10,000 at once. */
export async function deletePods(
  { client, namespace }: Pick<ScaleOptions, 'client' | 'namespace'>,
  { prefix, count }: Pick<Batch, 'prefix' | 'count'>,
): Promise<void> {
  const numbers = Array.from({ length: count }).keys();
  const remove = async () => {
    for (const number of numbers) await client.delete(pods, { namespace, name: `${prefix}-${number}` });
  };
  await Promise.all(Array.from({ length: clients }, remove));
}

/** Has more pods end, and waits for them. @returns exit at the backend → `Succeeded` of each, milliseconds */
export async function exitLatencies(system: System, watch: ApiWatch, options: ScaleOptions): Promise<number[]> {
  const batch = { prefix: 'exit', count: options.exits, rate: exitsPerSecond, runSeconds: 5 };
  const uids = await createPods(system, watch, options, batch);
  const times = () => uids.map((uid) => watch.times.get(uid) ?? {});
  await waitUntil(() => times().every(({ succeeded }) => succeeded !== undefined));
  return times().map(({ exited = Number.NaN, succeeded = Number.NaN }) => succeeded - exited);
}
