import type { CommandLine } from '../process/die-with-parent.ts';
import type { Account } from './account.ts';

/**
 * A command inside a running container, as a child of this process: its output streams are its own, and it ends with this process at
 * the latest. `nsenter` waits for it and heeds no signal: `killChildren` reaches it.
 *
 * @param pid the container's first process, see `EngineContainers.findPid`
 */
export function inContainer(pid: number, { uid, gid, home }: Account, argv: readonly string[]): CommandLine {
  const enter = ['--target', `${pid}`, '--mount', '--uts', '--ipc', '--net', '--pid', `--wdns=${home}`];
  const become = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--init-groups', '--pdeathsig=KILL', '--', ...argv];
  return ['nsenter', [...enter, '--', ...become]];
}
