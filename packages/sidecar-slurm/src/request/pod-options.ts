import type { PodAnnotations } from './pod-annotations.ts';

/** What a pod's annotations say to the script; what the administrator has not allowed is not in here. */
export interface PodOptions {
  /** Text of bash, run before anything else of the pod. */
  readonly preExec: string | undefined;
  /** Options of mpiexec, which the containers' commands are put behind; none of them: `[]`; no MPI: undefined. */
  readonly mpiFlags: ReadonlyArray<string> | undefined;
  /** What is put before the names of images. */
  readonly imageRoot: string | undefined;
  /** Words for the command line of Apptainer. */
  readonly singularityOptions: ReadonlyArray<string>;
  /** Words for the command line of Apptainer: `--bind`, `/cvmfs:/cvmfs`. */
  readonly singularityMounts: ReadonlyArray<string>;
  /** Words before the program of Apptainer, after those of the site. */
  readonly singularityCommands: ReadonlyArray<string>;
  readonly enrootOptions: ReadonlyArray<string>;
  /** Words for the command line of enroot: `--mount`, `/cvmfs:/cvmfs`. */
  readonly enrootMounts: ReadonlyArray<string>;
}

export function toPodOptions(annotations: PodAnnotations): PodOptions {
  const isTrue = (text: string) => text.trim() === 'true';
  const mpiFlags = annotations.words('mpi-flags', isTrue);
  return {
    preExec: annotations.text('pre-exec'),
    mpiFlags: mpiFlags?.length === 1 && mpiFlags[0] === 'true' ? [] : mpiFlags,
    imageRoot: annotations.text('image-root'),
    singularityOptions: annotations.words('singularity-options') ?? [],
    singularityMounts: annotations.words('singularity-mounts') ?? [],
    singularityCommands: annotations.words('singularity-commands') ?? [],
    enrootOptions: annotations.words('enroot-options') ?? [],
    enrootMounts: annotations.words('enroot-mounts') ?? [],
  };
}
