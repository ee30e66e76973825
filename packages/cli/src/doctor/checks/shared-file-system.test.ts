import { expect, test } from 'vitest';
import { toFileSystemKind } from '../file-system-kind.ts';
import { inLines, runCheck, scratchFolder } from '../testing/run-check.ts';
import { judge, sharedFileSystem } from './shared-file-system.ts';

const [nfs, ext4, fuse] = [0x6969, 0xef53, 0x65735546].map(toFileSystemKind);

test.each([
  [nfs, true, 'ok: DataRootFolder /r is on a file system of the kind NFS, and Slurm.SharedFileSystem is true'],
  [ext4, false, 'ok: DataRootFolder /r is on a file system of the kind ext4, and Slurm.SharedFileSystem is false'],
  [ext4, true, 'warning: DataRootFolder /r is on a file system of the kind ext4, and Slurm.SharedFileSystem is true'],
  [nfs, false, 'warning: DataRootFolder /r is on a file system of the kind NFS, and Slurm.SharedFileSystem is false'],
  [fuse, true, 'ok: DataRootFolder /r is on a file system of kind 0x65735546, and Slurm.SharedFileSystem is true'],
  [ext4, undefined, expect.stringMatching(/^ok: .*; the sidecar finds out whether compute nodes see it$/)],
])('judge() of %j, where Slurm.SharedFileSystem is %s', (kind, configured, line) => {
  expect(kind && inLines([judge('/r', kind, configured)])).toEqual([line]);
});

test('shared-file-system looks at DataRootFolder of a Slurm sidecar, and at none of another', async () => {
  const folder = await scratchFolder();
  const config = { SidecarURL: 'unix:///nowhere/a.sock', DataRootFolder: folder };
  const look = async (SidecarService: string) =>
    inLines(await runCheck(sharedFileSystem, { side: 'site', config: { ...config, SidecarService } }));
  expect(await look('slurm')).toEqual([expect.stringMatching(`^ok: DataRootFolder ${folder} is on a file system `)]);
  expect(await look('docker')).toEqual(['skipped: no Slurm sidecar is configured here']);
});
