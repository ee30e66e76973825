import { nearest } from '@interlink/sidecar-sdk';

/** Where annotations of this sidecar are; the second prefix is that of releases before it was InterLink. */
export const annotationPrefixes = ['slurm-job.vk.io/', 'slurm-job.knoc.io/'] as const;

interface AnnotationKind {
  /** The last part of its name. */
  readonly name: string;
  /** True when it is code, or reaches past the container: only where Policy.AllowPodAnnotations lists it. */
  readonly isPowerful: boolean;
  /** Other names in full, from older releases. */
  readonly also: ReadonlyArray<string>;
  /** For people. */
  readonly meaning: string;
}

const seed = (name: string) => [`job.vk.io/${name}`];

/** Every annotation that the sidecar reads; docs/slurm.md shows them. */
export const annotationKinds: ReadonlyArray<AnnotationKind> = [
  {
    name: 'flags',
    isPowerful: false,
    also: [],
    meaning:
      'options of `sbatch`, split as a shell does: `--partition=gpu --time=1:00:00`; those that are allowed, see below',
  },
  { name: 'flavor', isPowerful: false, also: [], meaning: 'one of the flavors of this site, by name' },
  {
    name: 'gpu-type',
    isPowerful: false,
    also: [],
    meaning:
      "the type of the GPUs, as Slurm's GRES has it: `a100`; a label of the pod or a node selector of this name will do, too",
  },
  {
    name: 'mpi-flags',
    isPowerful: true,
    also: [],
    meaning:
      'puts `mpiexec -np $SLURM_NTASKS` and these options before the command of each container; `true` means no options, and needs no permission',
  },
  {
    name: 'pre-exec',
    isPowerful: true,
    also: seed('pre-exec'),
    meaning: 'text of bash, run before the containers, outside of them',
  },
  {
    name: 'image-root',
    isPowerful: true,
    also: [],
    meaning: 'folder, or beginning of an address, that is put before the names of images',
  },
  { name: 'singularity-options', isPowerful: true, also: [], meaning: 'more options of `apptainer exec`' },
  {
    name: 'singularity-mounts',
    isPowerful: true,
    also: [],
    meaning: 'more mounts, as options: `--bind /cvmfs:/cvmfs`',
  },
  {
    name: 'singularity-commands',
    isPowerful: true,
    also: seed('singularity-commands'),
    meaning: 'words before the program of Apptainer',
  },
  { name: 'enroot-options', isPowerful: true, also: [], meaning: 'more options of `enroot start`' },
  { name: 'enroot-mounts', isPowerful: true, also: [], meaning: 'more mounts, as options: `--mount /cvmfs:/cvmfs`' },
];

/** Names of one annotation in full; the first that a pod has counts. */
export function namesOf(kind: AnnotationKind): string[] {
  return [...annotationPrefixes.map((prefix) => `${prefix}${kind.name}`), ...kind.also];
}

/** Annotations of other sidecars that share the file. */
const foreign: ReadonlySet<string> = new Set(['docker-options.vk.io/flags']);

/** Reads the key Policy.AllowPodAnnotations: last parts, or names in full. What is wrong is added to `problems`. */
export function parseAllowedAnnotations(
  list: ReadonlyArray<unknown> | undefined,
  problems: string[],
): ReadonlySet<string> {
  const powerful = annotationKinds.filter(({ isPowerful }) => isPowerful);
  const names = powerful.map(({ name }) => name);
  const allowed = new Set<string>();
  for (const [index, entry] of (list ?? []).entries()) {
    const text = String(entry);
    const kind = powerful.find((one) => one.name === text || namesOf(one).includes(text));
    if (kind !== undefined) allowed.add(kind.name);
    else if (!foreign.has(text)) {
      const near = nearest(text, names);
      const hint = near === undefined ? `one of ${names.join(', ')} is wanted` : `did you mean ${near}?`;
      problems.push(`Policy.AllowPodAnnotations[${index}] is ${JSON.stringify(entry)}: ${hint}`);
    }
  }
  return allowed;
}
