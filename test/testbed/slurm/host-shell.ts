import type { CommandLine } from '../process/die-with-parent.ts';
import { runCommand } from '../process/run-command.ts';
import { type Account, ROOT, toLoginEnv } from './account.ts';
import type { SlurmShell } from './slurm-shell.ts';

/** A command that root gives to another account of this machine, with that one's groups. */
export function asAccount({ uid, gid }: Account, argv: readonly string[]): CommandLine {
  return ['setpriv', [`--reuid=${uid}`, `--regid=${gid}`, '--init-groups', '--', ...argv]];
}

/** Runs commands on this machine with a Slurm's configuration: as the account, or as root. */
export function toHostShell(conf: string, account: Account): SlurmShell {
  return {
    run: (argv, { account: name, env, input } = {}) => {
      const who = name === 'root' ? ROOT : account;
      const [file, args] = asAccount(who, argv);
      return runCommand(file, args, { cwd: who.home, env: { ...toLoginEnv(who), SLURM_CONF: conf, ...env }, input });
    },
  };
}
