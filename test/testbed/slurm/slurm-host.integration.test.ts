import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { ON_DEMAND_TIMEOUT_MS, offers, slurmHost } from '../on-demand.ts';
import { runCommand, runCommandOrThrow } from '../process/run-command.ts';
import type { SlurmHostData } from '../testbed-data.ts';
import { waitFor } from '../wait-for.ts';
import { CHARGED_ACCOUNT } from './host-accounting.ts';
import { toHostShell } from './host-shell.ts';
import { startOwnSlurmHost } from './own-slurm.ts';
import type { SlurmShell } from './slurm-shell.ts';

const testbed = inject('testbed');

describe.skipIf(!offers(testbed, 'slurmHost'))('Slurm on this machine', () => {
  let slurm: SlurmHostData;
  let shell: SlurmShell;
  beforeAll(async () => {
    slurm = await slurmHost(testbed);
    shell = toHostShell(slurm.conf, slurm.account);
  }, ON_DEMAND_TIMEOUT_MS);

  test('runs a job as the account, in its home', async () => {
    const directory = await mkdtemp(join(slurm.account.home, 'testbed-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    await runCommandOrThrow('chown', [slurm.account.name, directory]);
    const output = join(directory, 'output');
    const { exitCode, stderr } = await shell.run([
      'sbatch',
      '--wait',
      `--output=${output}`,
      '--wrap=id --user --name; pwd; echo $HOME',
    ]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const { name, home } = slurm.account;
    expect((await readFile(output, 'utf8')).split('\n')).toEqual([name, home, home, '']);
  });

  test('has two GPUs to give, a partition for short jobs, and one that is down', async () => {
    const { stdout } = await shell.run(['sinfo', '-h', '-o', '%R %a %l %G']);
    const lines = stdout.trim().split('\n').sort();
    expect(lines).toEqual([
      'down down infinite gpu:a100:2',
      'low up infinite gpu:a100:2',
      'lowcancel up infinite gpu:a100:2',
      'main up infinite gpu:a100:2',
      'short up 5:00 gpu:a100:2',
    ]);
  });
});

describe.skipIf(!offers(testbed, 'slurmHost'))('a Slurm of a test of its own', () => {
  test(
    'keeps account of jobs when asked to, and lets only those charge who may',
    async () => {
      await using own = await startOwnSlurmHost({ accounting: true });
      const submit = ['sbatch', '--output=/dev/null', '--comment=of a test'];
      await own.shell.run([...submit, '--wrap=exit 3']);
      const sacct = ['sacct', '-n', '-P', '-X', '--format=State,ExitCode,User,Account,Comment'];
      const { name } = own.data.account;
      await waitFor('the job to be in the database', async () => {
        const { stdout } = await own.shell.run(sacct);
        return stdout === `FAILED|3:0|${name}|${CHARGED_ACCOUNT}|of a test\n`;
      });
      const refused = await own.shell.run([...submit, '--account=nobody', '--wrap=true']);
      expect(refused.stderr).toContain('Invalid account');
    },
    ON_DEMAND_TIMEOUT_MS,
  );

  test('knows its jobs after an orderly end of slurmctld, and takes all their processes along', async () => {
    const own = await startOwnSlurmHost();
    const { shell, data } = own;
    const marker = `4${process.pid}`;
    try {
      const script = `--wrap=sleep ${marker} & wait`;
      const { stdout } = await shell.run(['sbatch', '--parsable', '--output=/dev/null', script]);
      const id = stdout.trim();
      const state = async () => (await shell.run(['squeue', '-h', '-j', id, '-o', '%T'])).stdout.trim();
      await waitFor('the job to run', async () => (await state()) === 'RUNNING' && (await findSleeper(marker)));
      await own.stopController('SIGTERM');
      await own.startController();
      expect(await state()).toBe('RUNNING');
    } finally {
      await own[Symbol.asyncDispose]();
    }
    expect(await findSleeper(marker)).toBe(false);
    await expect(readFile(data.conf)).rejects.toThrow('ENOENT');
  });
});

async function findSleeper(seconds: string): Promise<boolean> {
  return (await runCommand('pgrep', ['--full', '--exact', `sleep ${seconds}`])).exitCode === 0;
}
