import { choice, flag, integer, list, map, text } from './key.ts';

const program = (command: string) =>
  text({
    env: [`${command.toUpperCase()}PATH`],
    default: command,
    doc: `Slurm's \`${command}\`: a name, a path, or words such as \`ssh login ${command}\`.`,
  });

/** Keys of the Slurm sidecar: those of the plugin of old by their names, new ones below `Slurm`. See docs/slurm.md. */
export const slurmKeys = {
  SbatchPath: program('sbatch'),
  ScancelPath: program('scancel'),
  SqueuePath: program('squeue'),
  SinfoPath: program('sinfo'),
  SacctPath: program('sacct'),
  ScontrolPath: program('scontrol'),
  SrunPath: program('srun'),
  BashPath: text({
    default: '/bin/bash',
    doc: "Bash 4.4 or newer on the compute nodes, which runs the jobs' scripts.",
  }),
  CommandPrefix: text({
    default: undefined,
    doc: "Text of bash that is put before the work of each job's script: `module load apptainer`.",
  }),
  ContainerRuntime: choice(['apptainer', 'singularity', 'enroot', 'none'], {
    default: 'apptainer',
    doc: 'What runs containers in a job. `none`: bare processes without images; gives every author of a pod the whole account.',
  }),
  SingularityPath: text({
    env: ['SINGULARITYPATH'],
    default: undefined,
    doc: 'The program of Apptainer or Singularity on the compute nodes. Default: the name that ContainerRuntime has.',
  }),
  SingularityPrefix: text({ default: undefined, doc: 'Words before that program.' }),
  SingularityDefaultOptions: list({
    default: undefined,
    doc: 'Options of `apptainer exec` for every container, one word each: `[--nv]`.',
  }),
  EnrootPath: text({ default: 'enroot', doc: 'The program of enroot on the compute nodes.' }),
  EnrootDefaultOptions: list({
    default: undefined,
    doc: 'Options of `enroot start` for every container, one word each. Default: `[--rw]`.',
  }),
  ImagePrefix: text({
    default: undefined,
    doc: 'Put before the names of images that have no scheme and are no path, those with a registry of their own too: `docker://mirror.local:5000/`. See docs/slurm.md. Default: `docker://`.',
  }),
  EnableProbes: flag({
    default: true,
    doc: 'Whether jobs run startup, readiness and liveness probes. false: a container is ready as soon as it runs, and pods with probes are told.',
  }),
  Tsocks: flag({
    env: ['TSOCKS'],
    default: false,
    doc: 'Whether jobs reach the network through TsocksLoginNode, by a SOCKS proxy of ssh.',
  }),
  TsocksPath: text({
    env: ['TSOCKSPATH'],
    default: undefined,
    doc: 'The library of tsocks on the compute nodes, `/usr/lib/x86_64-linux-gnu/libtsocks.so`; `$NAME` in it is a variable of the sidecar.',
  }),
  TsocksConfig: text({
    default: undefined,
    doc: 'The configuration of tsocks on the compute nodes. Default: one that the script makes.',
  }),
  TsocksLoginNode: text({
    default: undefined,
    doc: 'The host that jobs open the proxy to, by ssh without a password. Tsocks needs it.',
  }),
  DefaultUID: integer({
    default: undefined,
    doc: 'The account, by number, that jobs run as. Only the one that runs the sidecar, which is the default: jobs of other accounts are not supported yet.',
  }),
  Flavors: map({
    default: undefined,
    doc: 'Kinds of jobs: name to `{ Description, CPUDefault, MemoryDefault, UID, SlurmFlags }`. See docs/slurm.md.',
  }),
  DefaultFlavor: text({ default: undefined, doc: 'The flavor of pods that name none and match none by their GPUs.' }),
  ResourceScriptPath: text({
    default: undefined,
    doc: 'Program on the login node that prints what the virtual node announces, instead of what `sinfo` shows: `{"cpu": "64", "memory": "512Gi"}`.',
  }),
  JobScriptTemplate: text({
    default: undefined,
    doc: 'Script of bash that runs the containers of a pod, instead of `ContainerRuntime`, and reads of the pod from its environment: see slurm.md. InterLink hands it to v1 plugins as `jobScript`.',
  }),
  JobScriptBuilderURL: text({
    default: undefined,
    doc: 'Service that makes such a script for each pod, which it is sent whole, Secrets too: http:// or https://. For InterLink: those that v1 callers may name, separated by commas, each with a `*` at its end for any rest.',
  }),
  JobScriptBuildConfig: map({
    default: undefined,
    doc: 'Handed to that service, and to v1 plugins, as `jobConfig`, as it is.',
  }),
  IgnoreRunAsUser: flag({
    default: false,
    doc: 'Whether pods run whose `runAsUser` or `runAsGroup` is not the one that the job has, with a Warning event. false: they stay Pending.',
  }),
  AllowSecretsInScript: flag({
    default: false,
    doc: 'Without effect yet, and told so by a warning at the start: Secrets go to jobs by files or by `srun`, and never into scripts, which Slurm keeps.',
  }),
  'Policy.AllowImagePaths': list({
    default: undefined,
    doc: 'Folders below which an image of the Slurm sidecar may be an absolute path. Default: none.',
  }),
  'Slurm.InsecureRegistries': list({
    default: undefined,
    doc: 'Image registries that speak plain HTTP, with their ports: `[registry.cluster.local:5000]`.',
  }),
  'Slurm.PullImages': choice(['job', 'login'], {
    default: 'job',
    doc: 'Who pulls images: each job on its node, or the sidecar on the login node before the pod has a job, where compute nodes have no way out. `login` wants Slurm.SharedFileSystem to be true.',
  }),
  'Slurm.AllowedFlags': list({
    default: undefined,
    doc: 'Long names of the options of `sbatch` that pods may set by annotation, a star at the end for any rest: `[partition, "gpus*"]`. Default: those of docs/slurm.md.',
  }),
  'Slurm.Partitions': map({
    default: undefined,
    doc: 'The partition, or a list of them, that a virtual node stands for, by the name of the node. Default: what the pod says, else the default of Slurm.',
  }),
  'Slurm.Users': map({
    default: undefined,
    doc: "The account, by number, for pods' `runAsUser`: `{ '1000': 20001 }`. Only the one that runs the sidecar: jobs of other accounts are not supported yet.",
  }),
  'Slurm.SharedFileSystem': flag({
    env: ['SHARED_FS'],
    default: undefined,
    doc: 'Whether compute nodes see DataRootFolder. Default: found out by the sidecar.',
  }),
  'Slurm.ScratchFolder': text({
    default: undefined,
    doc: "Folder on the compute nodes for emptyDir volumes; it may begin with a variable of the job's: `$TMPDIR/interlink`. Default: DataRootFolder.",
  }),
  'Slurm.HostPaths': list({
    default: undefined,
    doc: 'Paths of the compute nodes that pods may mount by hostPath, with what is below them; `/path:ro` only to read. Default: none.',
  }),
  'Slurm.Claims': map({
    default: undefined,
    doc: 'Where PersistentVolumeClaims have their data: `namespace/claim` or `storageClass:NAME` to `{ path: … }` with `{namespace}`, `{claim}`, `{volume}` in it. Default: pods with claims are refused.',
  }),
  'Slurm.PollInterval': integer({
    default: 2,
    doc: 'The least seconds between two looks at all jobs. It grows by itself where Slurm is slow.',
  }),
  'Slurm.SubmitRate': integer({
    default: undefined,
    doc: "The most submissions in a second. Default: one after another, and slower than Slurm's own `rl_enable` where that is on.",
  }),
  'Slurm.Retention': integer({
    default: 3600,
    doc: "Seconds that a pod's folder and logs stay after the pod is gone.",
  }),
} as const;
