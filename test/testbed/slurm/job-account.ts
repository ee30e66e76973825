import { runCommand, runCommandOrThrow } from '../process/run-command.ts';
import type { Account } from './account.ts';

/** Whom jobs of the host's Slurm belong to. The number is beyond those that Debian gives to people by itself. */
const JOB_ACCOUNT = { name: 'interlink-test', uid: 64_123, home: '/home/interlink-test' };

/**
 * Finds the account, or makes it. It stays on the machine afterwards: files of its may, and an account costs nothing, while one that is
 * removed and made again under other running testbeds would pull the rug from under their jobs.
 */
export async function ensureJobAccount(): Promise<Account> {
  const found = await findAccount(JOB_ACCOUNT.name);
  if (found !== undefined) return found;
  const { name, uid, home } = JOB_ACCOUNT;
  const made = await runCommand('useradd', [
    ...['--uid', `${uid}`, '--user-group', '--home-dir', home, '--create-home', '--shell', '/bin/bash'],
    ...['--comment', 'Jobs of InterLink tests', name],
  ]);
  // Another testbed may have been faster.
  const account = await findAccount(name);
  if (account === undefined) throw new Error(`Cannot make the account ${name}: ${made.stderr.trim()}`);
  await runCommandOrThrow('chmod', ['0700', home]);
  return account;
}

async function findAccount(name: string): Promise<Account | undefined> {
  const { stdout, exitCode } = await runCommand('getent', ['passwd', name]);
  if (exitCode !== 0) return undefined;
  const [, , uid, gid, , home = ''] = stdout.trim().split(':');
  return { name, uid: Number(uid), gid: Number(gid), home };
}
