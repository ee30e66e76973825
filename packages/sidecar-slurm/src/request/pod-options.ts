/** What a pod's annotations say to the script; what the administrator has not allowed is not in here. */
export interface PodOptions {
  /** The name of a flavor. */
  readonly flavor: string | undefined;
  /** Text of bash, run before anything else of the pod. */
  readonly preExec: string | undefined;
  /** Options of mpiexec, which the containers' commands are put behind; none of them: `[]`; no MPI: undefined. */
  readonly mpiFlags: ReadonlyArray<string> | undefined;
  /** Folder that the names of images are below. */
  readonly imageRoot: string | undefined;
  /** Words for the command line of Apptainer. */
  readonly singularityOptions: ReadonlyArray<string>;
  /** Words for the command line of Apptainer, after its options: `--bind`, `/cvmfs:/cvmfs`. */
  readonly singularityMounts: ReadonlyArray<string>;
  /** Text of bash, run before each container of Apptainer. */
  readonly singularityCommands: string | undefined;
  readonly enrootOptions: ReadonlyArray<string>;
  /** Words for the command line of enroot: `--mount`, `/cvmfs:/cvmfs`. */
  readonly enrootMounts: ReadonlyArray<string>;
}
