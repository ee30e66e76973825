import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ControlGroups } from './control-groups.ts';

const id = 'a'.repeat(64);

/** A tree of files as the kernel shows it. */
async function treeOf(files: Record<string, string>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'control-groups-'));
  onTestFinished(async () => await rm(root, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}

const legacy = {
  [`memory/docker/${id}/memory.usage_in_bytes`]: '5000\n',
  [`memory/docker/${id}/memory.stat`]: 'inactive_file 1\nrss 2\ntotal_inactive_file 1200\ntotal_rss 3000\n',
  [`cpuacct/docker/${id}/cpuacct.usage`]: '9007199254740993\n',
  [`pids/docker/${id}/pids.current`]: '3\n',
};
const unified = {
  'cgroup.controllers': 'cpu memory pids\n',
  [`system.slice/docker-${id}.scope/cpu.stat`]: 'usage_usec 1500\nuser_usec 1000\n',
  [`system.slice/docker-${id}.scope/memory.current`]: '5000\n',
  [`system.slice/docker-${id}.scope/memory.stat`]: 'anon 3000\nfile 10\ninactive_file 1200\n',
  [`system.slice/docker-${id}.scope/pids.current`]: '3\n',
};

test.each([
  ['1', legacy, 9_007_199_254_740_993n],
  ['2', unified, 1_500_000n],
])(
  'ControlGroups finds a container by its id and reads its accounts, version %s',
  async (_version, files, cpuNanoseconds) => {
    const groups = new ControlGroups(await treeOf(files));
    const group = (await groups.find(new Set([id, 'b'.repeat(64)]))).get(id);
    expect(group).toBeDefined();
    expect(group && (await groups.read(group))).toMatchObject({
      ...{ cpuNanoseconds, usageBytes: 5_000, workingSetBytes: 3_800, rssBytes: 3_000, processCount: 3 },
    });
  },
);

test('ControlGroups reads nothing of a group that is gone, or is another by now', async () => {
  const root = await treeOf(legacy);
  const groups = new ControlGroups(root);
  const group = (await groups.find(new Set([id]))).get(id);
  if (group === undefined) throw new Error('not found');
  expect(await groups.read({ ...group, inode: group.inode + 1 })).toBeUndefined();
  await rm(join(root, 'memory'), { recursive: true });
  expect(await groups.read(group)).toBeUndefined();
});
