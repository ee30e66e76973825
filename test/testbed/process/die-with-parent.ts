/** A program and its arguments. */
export type CommandLine = readonly [file: string, args: readonly string[]];

/**
 * Has the kernel kill a child when this process dies in whatever way, `kill -9` too (prctl(2), PR_SET_PDEATHSIG); the
 * child's pid stays its own. Linux only: elsewhere the command is left as it is.
 */
export function dieWithParent(file: string, args: readonly string[]): CommandLine {
  return process.platform === 'linux' ? ['setpriv', ['--pdeathsig', 'KILL', file, ...args]] : [file, args];
}
