import type { ClaimFolder, ClaimMap, HostPathPolicy, ScriptBuilder } from '@interlink/sidecar-sdk';
import type { SlurmCommands } from '../slurm/commands/slurm-commands.ts';
import type { AnnotationName } from './annotations.ts';
import type { ScratchFolder } from './expand-path.ts';
import type { Flavors } from './flavors.ts';

/** What runs containers inside a job; `none`: bare processes of the account. */
export const containerRuntimes = ['apptainer', 'singularity', 'enroot', 'none'] as const;
export type ContainerRuntimeName = (typeof containerRuntimes)[number];

/** What the administrator has set for the Slurm sidecar: read, checked, and with every default in its place. */
export interface SlurmSite {
  readonly commands: SlurmCommands;
  /** How Slurm is asked. */
  readonly pace: SlurmPace;
  readonly folders: SiteFolders;
  readonly script: SiteScript;
  readonly runtime: SiteRuntime;
  readonly images: SiteImages;
  /** Undefined: jobs use the node's network as it is. */
  readonly tsocks: SiteTsocks | undefined;
  readonly accounts: SiteAccounts;
  readonly flavors: Flavors;
  /** Long names of the options of sbatch that a pod may set. */
  readonly allowedFlags: ReadonlySet<string>;
  /** Annotations with power over the account that pods may bear, by their last part: `pre-exec`. */
  readonly podAnnotations: ReadonlySet<AnnotationName>;
  /** Program that prints what the virtual node announces; undefined: what sinfo shows. */
  readonly resourceScriptPath: string | undefined;
  /** The partitions that a virtual node stands for, by its name; a node without an entry: Slurm's default, or what the pod says. */
  readonly partitions: ReadonlyMap<string, ReadonlyArray<string>>;
  readonly hostPaths: HostPathPolicy;
  readonly claims: ClaimMap<ClaimFolder>;
}

export interface SlurmPace {
  /** The least time between two looks at all jobs. */
  readonly pollIntervalMs: number;
  /** The most submissions in a second; undefined: one after another, or what Slurm's own rate limit says. */
  readonly submitsPerSecond: number | undefined;
}

export interface SiteFolders {
  /** Absolute: where the folders of pods are, on the file system that compute nodes share. */
  readonly root: string;
  /** Where emptyDirs are on the compute nodes; undefined: in the pod's folder. */
  readonly scratch: ScratchFolder | undefined;
  /** Whether compute nodes see `root`; undefined: not said, to be found out. */
  readonly isShared: boolean | undefined;
  /** How long a pod's folder, its logs above all, outlives the pod. */
  readonly retentionMs: number;
  /** False: pods that mount ConfigMaps or Secrets are refused. */
  readonly exportsPodData: boolean;
  /** Where `root` is not shared, Secrets may travel inside the script, which Slurm keeps. */
  readonly allowsSecretsInScript: boolean;
}

export interface SiteScript {
  readonly bashPath: string;
  /** Text of the administrator's, put before the script's own work; empty: none. */
  readonly commandPrefix: string;
  /** False: probes are not run, and a container is ready once it runs. */
  readonly runsProbes: boolean;
  /** A script of the administrator's that runs the containers. */
  readonly templatePath: string | undefined;
  readonly builder: Omit<ScriptBuilder, 'name'> | undefined;
}

export interface SiteRuntime {
  readonly name: ContainerRuntimeName;
  /** The program, as the compute nodes find it. */
  readonly path: string;
  /** Words before the program: `srun`, a module's wrapper. */
  readonly prefix: ReadonlyArray<string>;
  /** Options for every container. */
  readonly options: ReadonlyArray<string>;
}

export interface SiteImages {
  /** Put before names of images without a scheme: `docker://`. */
  readonly prefix: string;
  /** Absolute: below these, and nowhere else, an image may be a path. */
  readonly allowedPaths: ReadonlyArray<string>;
  /** Registries that speak plain HTTP: `host:port`. */
  readonly insecureRegistries: ReadonlyArray<string>;
  /** `login`: the sidecar, on its own machine, before the pod has a job. */
  readonly pulledBy: 'job' | 'login';
}

export interface SiteTsocks {
  readonly loginNode: string;
  /** The library, for LD_PRELOAD. */
  readonly path: string;
  /** Its configuration; undefined: one that the script makes. */
  readonly configPath: string | undefined;
}

/** Whom jobs run as: the account of the sidecar, and no other. */
export interface SiteAccounts {
  readonly own: { readonly uid: number; readonly gid: number };
  /** What pods may have for `runAsUser` besides: the administrator has them run as that account. */
  readonly users: ReadonlySet<number>;
  /** A `runAsUser` that can't be had is told by an event instead of refused. */
  readonly ignoresRunAsUser: boolean;
}
