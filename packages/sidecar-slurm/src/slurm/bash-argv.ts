/**
 * Words that run a script of bash in a step, and nothing of the account's: bash takes a socket at its standard input for a remote shell's, and
 * reads ~/.bashrc then, which may print, or wait: https://www.gnu.org/software/bash/manual/html_node/Bash-Startup-Files.html
 */
export function bashArgv(script: string, ...words: ReadonlyArray<string>): string[] {
  return ['bash', '--norc', '-c', script, 'bash', ...words];
}
