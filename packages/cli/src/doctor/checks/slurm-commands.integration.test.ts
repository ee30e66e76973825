import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { slurmPrograms } from '@interlink/sidecar-slurm';
import { expect, test } from 'vitest';
import { inLines, runCheck, scratchFolder } from '../testing/run-check.ts';
import { slurmCommands } from './slurm-commands.ts';

const config = { SidecarService: 'slurm', SidecarURL: 'unix:///nowhere/sidecar.sock' };

/** A folder with these programs, of which scontrol runs that line and all write down that they were called. */
async function programs(line: string, names: ReadonlyArray<string> = slurmPrograms): Promise<string> {
  const folder = await scratchFolder();
  for (const name of names) {
    const path = join(folder, name);
    await writeFile(
      path,
      `#!/bin/sh\necho "${name} $*" >> ${folder}/called\n${name === 'scontrol' ? line : 'exit 1'}\n`,
    );
    await chmod(path, 0o755);
  }
  return folder;
}

const look = async (folder: string) =>
  await runCheck(slurmCommands, { side: 'site', config, env: { PATH: `${folder}:/usr/bin:/bin` } });

const show = (accounting: string) =>
  `printf 'SLURM_VERSION = 24.11.5\\nAccountingStorageType = accounting_storage/${accounting}\\n'`;

test('slurm-commands is ok when all are there and slurmctld answers, and asks one question only', async () => {
  const folder = await programs(show('slurmdbd'));
  expect(inLines(await look(folder))).toEqual(['ok: Slurm 24.11.5 answers; all commands are there']);
  expect(await readFile(join(folder, 'called'), 'utf8')).toBe('scontrol show config\n');
});

test('slurm-commands warns where there is no accounting', async () => {
  expect(inLines(await look(await programs(show('none'))))[1]).toMatch(/^warning: Slurm keeps no accounting records/);
});

test('slurm-commands names a command that is missing, and asks nothing then', async () => {
  const folder = await scratchFolder();
  const findings = await runCheck(slurmCommands, { side: 'site', config, env: { PATH: folder } });
  expect(findings).toHaveLength(slurmPrograms.length);
  expect(findings[0]).toMatchObject({ outcome: 'problem', fix: expect.stringContaining('SbatchPath') });
});

test('slurm-commands fails in the words of scontrol when slurmctld does not answer', async () => {
  const error = 'slurm_load_ctl_conf error: Unable to contact slurm controller (connect failure)';
  const findings = await look(await programs(`echo '${error}' >&2; exit 1`));
  expect(findings).toMatchObject([{ outcome: 'problem', what: expect.stringContaining('Unable to contact slurm') }]);
});

test('slurm-commands fails with a SLURM_CONF that is not there, and asks nothing then', async () => {
  const folder = await programs(show('none'));
  const env = { PATH: `${folder}:/usr/bin:/bin`, SLURM_CONF: '/nowhere/slurm.conf' };
  expect(inLines(await runCheck(slurmCommands, { side: 'site', config, env }))).toEqual([
    expect.stringMatching(/^problem: SLURM_CONF: ENOENT: .*\/nowhere\/slurm\.conf/),
  ]);
  await expect(readFile(join(folder, 'called'), 'utf8')).rejects.toThrow('ENOENT');
});

test('slurm-commands says nothing where no Slurm sidecar is configured', async () => {
  const findings = await runCheck(slurmCommands, { side: 'site', config: { ...config, SidecarService: 'docker' } });
  expect(inLines(findings)).toEqual(['skipped: no Slurm sidecar is configured here']);
});
