/** What Apptainer's interpreter does not let be set; kept in line with `is_variable` of `apptainer-environment.sh`. */
const kept: ReadonlySet<string> = new Set([
  'APPTAINER_NAME',
  'APPTAINER_CONTAINER',
  'APPTAINER_INSTANCE',
  'UID',
  'GID',
  'EUID',
  'PPID',
  'OPTIND',
  'IFS',
  'PWD',
]);

/**
 * The names of a container's variables that don't reach it: Kubernetes lets a name have `.` and `-`, say, and shells don't, of which
 * there is one between Apptainer and the container. Worth an event.
 */
export function refusedVariables(env: ReadonlyArray<{ readonly name: string }>): string[] {
  return env.map(({ name }) => name).filter((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || kept.has(name));
}
