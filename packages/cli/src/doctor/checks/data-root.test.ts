import { chmod, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inLines, runCheck, scratchFolder } from '../testing/run-check.ts';
import { dataRoot, roomOf } from './data-root.ts';

test.each(['docker', 'slurm'])('data-root is ok with a private folder of the %s sidecar', async (SidecarService) => {
  const folder = await scratchFolder();
  const findings = await runCheck(dataRoot, { side: 'site', config: { SidecarService, DataRootFolder: folder } });
  // How much room there is is the machine's business.
  expect(findings).toEqual([expect.objectContaining({ what: expect.stringContaining(`${folder} has`) })]);
  expect(findings[0]?.outcome).not.toBe('problem');
});

test('data-root looks at where the folder will be made, and makes none', async () => {
  const folder = await scratchFolder();
  const config = { DataRootFolder: join(folder, 'a', 'b') };
  const findings = inLines(await runCheck(dataRoot, { side: 'site', config }));
  expect(findings).toEqual([expect.stringMatching(/is made at first start$|only$/)]);
  expect(await readdir(folder)).toEqual([]);
});

test('data-root fails with a folder that others can write', async () => {
  const folder = join(await scratchFolder(), 'root');
  await mkdir(folder);
  await chmod(folder, 0o777);
  const findings = await runCheck(dataRoot, { side: 'site', config: { DataRootFolder: folder } });
  expect(inLines(findings)).toEqual([`problem: DataRootFolder ${folder}: its mode is 0777`]);
});

test('data-root fails with a folder that can’t be one', async () => {
  const folder = await scratchFolder({ file: '' });
  const findings = await runCheck(dataRoot, { side: 'site', config: { DataRootFolder: join(folder, 'file') } });
  expect(inLines(findings)).toEqual([`problem: DataRootFolder ${folder}/file: it is no folder`]);
});

test.each([
  [{ bavail: 262_144, bsize: 4_096, ffree: 10_000, files: 20_000 }, 'ok: /r has 1.0 GiB of room'],
  [{ bavail: 262_143, bsize: 4_096, ffree: 10_000, files: 20_000 }, 'warning: /r has room for 1.0 GiB only'],
  [{ bavail: 999_999, bsize: 4_096, ffree: 9, files: 20_000 }, 'warning: /r has room for 3.8 GiB and 9 files only'],
  [{ bavail: 999_999, bsize: 4_096, ffree: 0, files: 0 }, 'ok: /r has 3.8 GiB of room'],
])('roomOf() %j', (room, line) => {
  expect(inLines([roomOf('/r', '/r', room)])).toEqual([line]);
});

test('data-root says nothing where no sidecar writes volumes', async () => {
  const findings = await runCheck(dataRoot, { side: 'site', config: { SidecarService: 'mock' } });
  expect(findings).toMatchObject([{ outcome: 'skipped' }]);
});
