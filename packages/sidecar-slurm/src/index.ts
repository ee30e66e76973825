/**
 * The Slurm sidecar: pods as jobs of a Slurm cluster, by an ordinary account on a login node.
 *
 *   sidecar.ts   the process: name, address, settings
 *   site/        what the administrator configures
 *   fields/      the table of what becomes of each field of a pod's spec; docs/slurm.md shows it
 *   flags/       options of sbatch: which there are, which a pod may set, which go before which
 *   request/     a pod to the options of its job, and all that can be refused before anything is submitted
 */
export { allFields } from './fields/all-fields.ts';
export { commonFlags } from './flags/allowed-flags.ts';
export { slurmSidecar } from './sidecar.ts';
export { type AnnotationKind, annotationKinds } from './site/annotations.ts';
export { loadSlurmSite, thisProcess } from './site/load-slurm-site.ts';
export { type SlurmProgram, slurmPrograms } from './slurm/commands/slurm-commands.ts';
export { Slurm } from './slurm/slurm.ts';
