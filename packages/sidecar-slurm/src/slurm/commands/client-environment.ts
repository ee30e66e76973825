/**
 * What of our own environment the commands get: where programs, libraries and keys are, and which Slurm (`SLURM_CONF`, `SLURM_JWT`).
 * All else stays out: SBATCH_* and SRUN_* would add options, SQUEUE_*, SINFO_* and SACCT_* change what is shown, SLURM_CLUSTERS
 * puts headings between the lines. An administrator who wants an option writes it into the command: `SbatchPath: sbatch -M b`.
 */
const kept = [
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'TZ', 'TMPDIR', 'LD_LIBRARY_PATH'],
  ...['SLURM_CONF', 'SLURM_JWT', 'SSH_AUTH_SOCK', 'KRB5CCNAME'],
];

/** Messages in English, times as seconds since 1970 (Slurm's own forms have no time zone). */
export const outputVariables: Readonly<Record<string, string>> = { LC_ALL: 'C', SLURM_TIME_FORMAT: '%s' };

/**
 * Taken out of a remote login's environment, which is not ours to choose: what would hold sbatch up, make an array of the job, or
 * leave jobs out of a list. Anything else of the kind is overruled by the options that are always given.
 */
export const steeringVariables: ReadonlyArray<string> = [
  ...['SBATCH_WAIT', 'SBATCH_ARRAY_INX', 'SBATCH_TEST_ONLY', 'SBATCH_IGNORE_PBS', 'SLURM_CLUSTERS', 'SBATCH_CLUSTERS'],
  ...['SQUEUE_ACCOUNT', 'SQUEUE_ALL', 'SQUEUE_CLUSTERS', 'SQUEUE_FORMAT', 'SQUEUE_FORMAT2', 'SQUEUE_LICENSES'],
  ...['SQUEUE_NAMES', 'SQUEUE_PARTITION', 'SQUEUE_QOS', 'SQUEUE_STATES', 'SQUEUE_USERS', 'SQUEUE_ARRAY'],
  ...['SCANCEL_ACCOUNT', 'SCANCEL_NAME', 'SCANCEL_PARTITION', 'SCANCEL_QOS', 'SCANCEL_STATE', 'SCANCEL_USER'],
  ...['SCANCEL_BATCH', 'SCANCEL_CTLD', 'SCANCEL_FULL', 'SCANCEL_HURRY', 'SCANCEL_INTERACTIVE', 'SCANCEL_VERBOSE'],
  ...['SINFO_PARTITION', 'SINFO_FORMAT', 'SINFO_STATE', 'SACCT_FORMAT', 'SLURM_JOB_ID', 'SLURM_JOBID'],
];

/** The environment of a command whose output is read. */
export function clientEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  return { ...stepEnvironment(env), ...outputVariables };
}

/** The environment of srun, which hands it on to the step. */
export function stepEnvironment(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    kept.flatMap((name) => {
      const value = env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
