import { chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { SlurmClusterData } from '../../testbed/index.ts';
import { busybox } from './drivers/direct-pods.ts';
import { directPodsTest } from './drivers/direct-test.ts';
import { cannotRun } from './drivers/slurm-test.ts';

/** As the cluster has it. */
const there = '/shared/alice/host-folders';
const test = directPodsTest('host-folders', {
  config: {
    Slurm: {
      HostPaths: [`${there}/data`, `${there}/reference:ro`],
      Claims: { 'tests/results': { path: `${there}/claims/{namespace}/{claim}` } },
    },
  },
});

/** The administrator's folders. @returns where this machine has them */
async function makeFolders({ shared, accounts: { alice } }: SlurmClusterData): Promise<string> {
  const root = join(shared, 'alice', 'host-folders');
  for (const folder of ['.', 'data', 'data/set', 'reference', 'claims']) {
    await mkdir(join(root, folder));
    await chown(join(root, folder), alice.uid, alice.gid);
  }
  await writeFile(join(root, 'data/set/file'), 'of the set\n', { mode: 0o644 });
  await writeFile(join(root, 'reference/file'), 'for reference\n', { mode: 0o644 });
  return root;
}

/** Reads what is there, and says of each folder whether it lets itself be written. */
const script = `cat /data/file /reference/file
for folder in /data /reference /results /held; do
  echo "from the pod" 2>/dev/null >$folder/made && echo "$folder: written" || echo "$folder: read only"
done
cat /held/made`;

describe.skipIf(cannotRun)('folders of the site', () => {
  test('that are on the list, or in the map of claims, are in the container, to be written where that is allowed', async ({
    pods,
    cluster,
    onTestFinished,
  }) => {
    const root = await makeFolders(cluster);
    onTestFinished(async () => await rm(root, { recursive: true }));
    const { uid, report } = await pods.run({
      containers: [
        busybox(script, {
          volumeMounts: [
            { name: 'data', mountPath: '/data' },
            { name: 'reference', mountPath: '/reference' },
            { name: 'results', mountPath: '/results' },
            { name: 'held', mountPath: '/held' },
          ],
        }),
      ],
      volumes: [
        { name: 'data', hostPath: { path: `${there}/data/set`, type: 'Directory' } },
        { name: 'reference', hostPath: { path: `${there}/reference` } },
        { name: 'results', persistentVolumeClaim: { claimName: 'results' } },
        { name: 'held', persistentVolumeClaim: { claimName: 'results', readOnly: true } },
      ],
    });
    expect(await pods.output(uid)).toBe(
      [
        ...['of the set', 'for reference', '/data: written', '/reference: read only', '/results: written'],
        ...['/held: read only', 'from the pod', ''],
      ].join('\n'),
    );
    expect(report.status.containerStatuses[0]?.state.terminated?.exitCode).toBe(0);
    for (const made of ['data/set/made', 'claims/tests/results/made']) {
      expect(await readFile(join(root, made), 'utf8')).toBe('from the pod\n');
    }
    await expect(readFile(join(root, 'reference/made'))).rejects.toMatchObject({ code: 'ENOENT' });
    await pods.delete(uid);
    // A claim's data is not the pod's.
    expect(await readFile(join(root, 'claims/tests/results/made'), 'utf8')).toBe('from the pod\n');
  });
});
