import { type NodeStats, type Owner, ownerKey, type PodStats, readRegularFile } from '@interlink/sidecar-sdk';
import { maxStateBytes, toTime } from './folder/job-record.ts';
import { parseKeyValues } from './folder/key-values.ts';
import type { PodBook } from './pods/pod-book.ts';
import type { PodEntry } from './pods/pod-entry.ts';
import { Slots } from './slurm/pace/slots.ts';

/** Files that are open at once: there may be thousands of pods. */
const readsAtOnce = 16;

/** What the owner's running jobs have last written down of their own use; Slurm is not asked. */
export async function readStats(book: PodBook, owner: Owner, nowMs: number): Promise<NodeStats> {
  const running = [...book.all()].filter(
    (entry) => ownerKey(entry.stored.owner) === ownerKey(owner) && entry.stage(nowMs).kind === 'running',
  );
  const slots = new Slots(readsAtOnce);
  const pods = await Promise.all(running.map(async (entry) => await slots.run(async () => await readPodStats(entry))));
  return { pods: pods.filter((pod) => pod !== undefined) };
}

async function readPodStats({ folder, reference, record }: PodEntry): Promise<PodStats | undefined> {
  const values = parseKeyValues((await readRegularFile(folder.file('usage'), maxStateBytes)) ?? '');
  const [time, cpu, memory] = [
    toTime(values.get('at')),
    toCount(values.get('cpu_ns')),
    toCount(values.get('memory_bytes')),
  ];
  if (time === undefined || cpu === undefined || memory === undefined) return undefined;
  const use = { cpu: { usageCoreNanoSeconds: cpu }, memory: { workingSetBytes: Number(memory) } };
  const { uid, namespace, name } = reference;
  const running = [...(record?.containers ?? [])].filter(([, { state }]) => state === 'running');
  const [[only, { startedAt = time }] = ['', {}]] = running;
  return {
    ...{ uid, namespace, name },
    // A job is measured as one: with several containers, or before one has begun, nobody knows whose is what.
    containers: running.length !== 1 || time < startedAt ? [] : [{ name: only, time, startTime: startedAt, ...use }],
    whole: { time, ...use },
  };
}

function toCount(text: string | undefined): string | undefined {
  return text !== undefined && /^(0|[1-9]\d{0,18})$/.test(text) ? text : undefined;
}
