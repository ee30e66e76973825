import { nearest } from '@interlink/sidecar-sdk';

/** Where annotations of this sidecar are; the second prefix is that of releases before it was InterLink. */
const prefixes = ['slurm-job.vk.io/', 'slurm-job.knoc.io/'] as const;

export interface AnnotationKind {
  /** True when it is code, or reaches past the container: only where Policy.AllowPodAnnotations lists it. */
  readonly isPowerful: boolean;
  /** The runtime that it is for; undefined: any. */
  readonly runtime?: 'apptainer' | 'enroot';
  /** Another name in full, from older releases. */
  readonly also?: string;
  /** For people. */
  readonly meaning: string;
}

/** Every annotation that the sidecar reads, by the last part of its name; docs/slurm.md shows them. */
export const annotationKinds = {
  flags: {
    isPowerful: false,
    meaning: 'options of `sbatch`, split as a shell does, of those that are allowed: `--partition=gpu --time=1:00:00`',
  },
  flavor: { isPowerful: false, meaning: 'one of the flavors of this site, by name' },
  'gpu-type': {
    isPowerful: false,
    meaning: "the type of GPUs, as Slurm's GRES has it: `a100`; a label or a node selector of this name will do, too",
  },
  'mpi-flags': {
    isPowerful: true,
    meaning:
      'puts `mpiexec -np $SLURM_NTASKS` and these options before the command of each container; `true` means no options, and needs no permission. All processes are in the one container, on one node',
  },
  'pre-exec': {
    isPowerful: true,
    also: 'job.vk.io/pre-exec',
    meaning: 'text of bash, run on the node before the containers',
  },
  'image-root': {
    isPowerful: true,
    meaning: 'put before the names of images: a folder, or the beginning of an address',
  },
  'singularity-options': { isPowerful: true, runtime: 'apptainer', meaning: 'more options of `apptainer exec`' },
  'singularity-mounts': {
    isPowerful: true,
    runtime: 'apptainer',
    meaning: 'more mounts, as options: `--bind /cvmfs:/cvmfs`',
  },
  'singularity-commands': {
    isPowerful: true,
    runtime: 'apptainer',
    also: 'job.vk.io/singularity-commands',
    meaning: 'words before the program of Apptainer',
  },
  'enroot-options': { isPowerful: true, runtime: 'enroot', meaning: 'more options of `enroot start`' },
  'enroot-mounts': {
    isPowerful: true,
    runtime: 'enroot',
    meaning: 'more mounts, as options: `--mount /cvmfs:/cvmfs`',
  },
} as const satisfies Readonly<Record<string, AnnotationKind>>;
export type AnnotationName = keyof typeof annotationKinds;

export const annotationNames = Object.keys(annotationKinds) as ReadonlyArray<AnnotationName>;

/** Names of one annotation in full; of several that a pod has the first counts. */
export function namesOf(name: AnnotationName): string[] {
  const { also }: AnnotationKind = annotationKinds[name];
  return [...prefixes.map((prefix) => `${prefix}${name}`), ...(also === undefined ? [] : [also])];
}

/** Annotations of other sidecars that share the file. */
const foreign: ReadonlySet<string> = new Set(['docker-options.vk.io/flags']);

/** Reads the key Policy.AllowPodAnnotations: last parts, or names in full. What is wrong is added to `problems`. */
export function parseAllowedAnnotations(
  list: ReadonlyArray<unknown> | undefined,
  problems: string[],
): ReadonlySet<AnnotationName> {
  const powerful = annotationNames.filter((name) => annotationKinds[name].isPowerful);
  const allowed = new Set<AnnotationName>();
  for (const [index, entry] of (list ?? []).entries()) {
    const text = String(entry);
    const found = powerful.find((name) => name === text || namesOf(name).includes(text));
    if (found !== undefined) allowed.add(found);
    else if (!foreign.has(text)) {
      const near = nearest(text, powerful);
      const hint = near === undefined ? `one of ${powerful.join(', ')} is wanted` : `did you mean ${near}?`;
      problems.push(`Policy.AllowPodAnnotations[${index}] is ${JSON.stringify(entry)}: ${hint}`);
    }
  }
  return allowed;
}
