import type { Container, Lifecycle } from '@interlink/sidecar-sdk';
import type { ScratchFolder } from '../site/expand-path.ts';
import type { ApptainerPlan } from './runtimes/apptainer-plan.ts';
import type { EnrootPlan } from './runtimes/enroot-plan.ts';

/** Everything that a pod's job script and the files beside it are made of. Plain data: rendering adds nothing. */
export interface JobPlan {
  readonly pod: { readonly namespace: string; readonly name: string; readonly uid: string };
  /** Absolute; the same path on the compute nodes, where those see it. */
  readonly podFolder: string;
  /** Where the job announces changes: `<root>/.spool`. */
  readonly spoolFolder: string;
  /** Whether the compute nodes see both; `unknown`: the job finds out. */
  readonly fileSystem: 'shared' | 'remote' | 'unknown';
  readonly bashPath: string;
  readonly graceSeconds: number;
  /** `activeDeadlineSeconds`, counted from the job's start. */
  readonly deadlineSeconds?: number | undefined;
  /** Init containers in their order, native sidecars among them, then the containers. */
  readonly containers: ReadonlyArray<PlannedContainer>;
  /** Volumes that the job makes: below `scratchFolder`, or in memory. */
  readonly scratchVolumes: ReadonlyArray<ScratchVolume>;
  /** A folder of the compute nodes. Undefined: in the pod's own folder. */
  readonly scratchFolder?: ScratchFolder | undefined;
  readonly site: SiteText;
  readonly proxy?: ProxyPlan | undefined;
  readonly runtime: RuntimePlan;
  /** `login`: images are there before the job begins, and it takes no other. */
  readonly imagesPulledBy: 'job' | 'login';
}

export interface PlannedContainer {
  readonly name: string;
  readonly kind: 'init' | 'sidecar' | 'container';
  /** As the pod's author wrote it, for events and the status. */
  readonly image: string;
  readonly imagePullPolicy: 'Always' | 'IfNotPresent' | 'Never';
  /** Undefined: the image's ENTRYPOINT. */
  readonly command?: ReadonlyArray<string> | undefined;
  /** Undefined: the image's CMD, unless `command` is given. */
  readonly args?: ReadonlyArray<string> | undefined;
  readonly env: ReadonlyArray<{ readonly name: string; readonly value: string }>;
  readonly workingDir?: string | undefined;
  /** Standard input, for whoever attaches; `once`: it ends when the first of them leaves. Undefined: none. */
  readonly stdin?: 'kept' | 'once' | undefined;
  /** A terminal of its own. */
  readonly tty?: boolean;
  readonly mounts: ReadonlyArray<PlannedMount>;
  /** What is left of the pod's and the container's own policies: see `restartPolicyOf` of the protocol. */
  readonly restartPolicy: 'Always' | 'OnFailure' | 'Never';
  /** An exit code that one of these matches is followed by a restart, whatever the policy says. */
  readonly restartRules: ReadonlyArray<RestartRule>;
  readonly probes: Pick<Container, 'startupProbe' | 'livenessProbe' | 'readinessProbe'>;
  readonly hooks: Pick<Lifecycle, 'postStart' | 'preStop'>;
  /** What probes and hooks may call by name. */
  readonly ports: Pick<Container, 'ports'>;
  /** Without `SIG`. Default: TERM, or the image's. */
  readonly stopSignal?: string | undefined;
  readonly terminationMessagePath: string;
  /** Words after `mpiexec -np $SLURM_NTASKS`. Undefined: no mpiexec. */
  readonly mpiFlags?: ReadonlyArray<string> | undefined;
}

export interface RestartRule {
  readonly operator: 'In' | 'NotIn';
  readonly exitCodes: ReadonlyArray<number>;
}

export interface PlannedMount {
  readonly volume: string;
  readonly source: MountSource;
  /** Relative, without `..`; below the source, and checked again on the node, where links may be. */
  readonly subPath?: string | undefined;
  /** `mountPath` */
  readonly target: string;
  readonly readOnly: boolean;
}

/** `path` is relative, and checked to stay below, but for `host`. */
export type MountSource =
  | { readonly in: 'pod-folder'; readonly path: string }
  | { readonly in: 'scratch'; readonly path: string }
  | { readonly in: 'memory'; readonly path: string }
  /**
   * `path` is the administrator's, and `below` what of it is meant, empty for all: no link leads out of `path`. `type` is a
   * hostPath's: what has to be there, or is made.
   */
  | { readonly in: 'host'; readonly path: string; readonly below: string; readonly type: string };

export interface ScratchVolume {
  readonly name: string;
  readonly medium: 'scratch' | 'memory';
}

/** Text of the administrator, or of a pod where the administrator allows that, which is run as it is. */
export interface SiteText {
  readonly commandPrefix?: string | undefined;
  readonly preExec?: string | undefined;
}

/** Sends the containers' connections through a login node. */
export interface ProxyPlan {
  readonly loginNode: string;
  /** The library that containers preload. */
  readonly libraryPath: string;
  /** The library's configuration, whose `server_port` is taken then. Undefined: the job makes one, with a port that is free. */
  readonly configPath?: string | undefined;
}

/** What runs the containers, and what its driver needs beyond the containers themselves. */
export type RuntimePlan = { readonly driver: 'none' | 'foreign' } | ApptainerPlan | EnrootPlan;
