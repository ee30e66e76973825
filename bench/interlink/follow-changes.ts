import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { HttpTarget, type Owner, ownerPath, WholeLines } from '@interlink/protocol';
import { waitFor } from '../../test/testbed/index.ts';
import type { SitePart } from '../../test/testbed/site/site-part.ts';
import { usageOf } from '../process-usage.ts';
import { percentile } from '../report.ts';
import { show } from '../show.ts';

export interface Following {
  readonly owner: Owner;
  readonly token: string;
  readonly podCount: number;
  readonly watchers: number;
  readonly changesPerSecond: number;
  readonly sidecarPort: number;
  readonly interlinkPort: number;
  readonly interlink: SitePart;
}

const sidecar = fileURLToPath(new URL('changing-sidecar.ts', import.meta.url));
const settleMs = 4_000;
const seconds = 10;

/** Pods that change and watches of them, straight and through InterLink: how many changes come, how late, and what it takes of InterLink. */
export async function followChanges(following: Following): Promise<void> {
  const { podCount, changesPerSecond, sidecarPort, interlinkPort, interlink, watchers } = following;
  const args = ['--conditions=interlink-source', sidecar, ...[sidecarPort, podCount, changesPerSecond].map(String)];
  const child = spawn(process.execPath, args, { stdio: 'inherit' });
  try {
    await interlink.start('listening');
    const what = `${podCount} pods, ${changesPerSecond} changes/s, ${watchers} watches`;
    // Straight, one is enough to compare with: fifty would be fifty times the work of the sidecar.
    await follow(`${what}: straight, one of them`, { ...following, watchers: 1 }, sidecarPort);
    await follow(`${what}: through InterLink`, following, interlinkPort, interlink);
  } finally {
    await interlink.stop();
    await ended(child);
  }
}

async function follow(
  name: string,
  { owner, token, watchers }: Following,
  port: number,
  interlink?: SitePart,
): Promise<void> {
  const target = new HttpTarget({ url: `http://127.0.0.1:${port}`, token: async () => token });
  const watches = Array.from({ length: watchers }, () => ({ changes: 0, late: [] as number[] }));
  const path = `${ownerPath(owner)}/pods?watch=true`;
  for (const watch of watches) {
    const { body } = await waitFor('the stream', async () => {
      const answer = await target.send({ method: 'GET', path, isStream: true });
      if (answer.statusCode === 200) return answer;
      await answer.body.dump();
      throw new Error(`answered with ${answer.statusCode}`);
    });
    read(body, watch).catch(() => undefined);
  }
  await new Promise((resolve) => setTimeout(resolve, settleMs));
  for (const watch of watches) Object.assign(watch, { changes: 0, late: [] });
  const before = interlink === undefined ? undefined : usageOf(interlink.pid);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  const perSecond = watches.reduce((sum, { changes }) => sum + changes, 0) / seconds;
  const late = watches.flatMap((watch) => watch.late);
  show(
    name,
    `${perSecond.toFixed(0)} changes/s came, p50 ${percentile(late, 0.5)} ms, p99 ${percentile(late, 0.99)} ms late`,
  );
  if (interlink !== undefined && before !== undefined) {
    const { cpuSeconds, residentMiB } = usageOf(interlink.pid);
    const share = ((cpuSeconds - before.cpuSeconds) / seconds) * 100;
    show('InterLink', `${share.toFixed(0)} % of a core, ${residentMiB.toFixed(0)} MiB resident`);
  }
  await target.close();
}

/** Counts lines, and looks at the time in the last one of each piece: parsing all would cost more than what is measured. */
async function read(body: AsyncIterable<Buffer>, watch: { changes: number; late: number[] }): Promise<void> {
  const whole = new WholeLines();
  for await (const chunk of body) {
    const lines = whole.take(chunk);
    if (lines === undefined) continue;
    for (let at = lines.indexOf(10); at !== -1; at = lines.indexOf(10, at + 1)) watch.changes += 1;
    const madeAt = /"jobID":"(\d+)"/.exec(lines.toString('latin1', Math.max(0, lines.length - 2_000)))?.[1];
    if (madeAt !== undefined) watch.late.push(Date.now() - Number(madeAt));
  }
}

async function ended(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.kill();
  await exit;
}
