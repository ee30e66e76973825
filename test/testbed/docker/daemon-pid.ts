import { readdirSync, readFileSync } from 'node:fs';

/** The process of the dockerd that listens on a socket, whatever namespace it is in; undefined when there is none. */
export function findDaemonPid(socket: string): number | undefined {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const [program = '', ...args] = commandLineOf(pid);
    if (program.endsWith('dockerd') && args.includes(`--host=unix://${socket}`)) return Number(pid);
  }
  return undefined;
}

function commandLineOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    // It has ended meanwhile.
    return [];
  }
}
