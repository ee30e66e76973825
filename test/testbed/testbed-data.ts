import type { Release } from './control-plane/binaries.ts';
import type { Certificates } from './control-plane/certificates.ts';
import type { OnDemandPart } from './on-demand.ts';
import type { MissingRequirement } from './requirements.ts';
import type { Account } from './slurm/account.ts';
import type { ClusterEntrance } from './slurm/cluster-commands.ts';
import type { ClusterAccount, ContainerName, NodeName } from './slurm/cluster-members.ts';
import type { ClusterRegistries } from './slurm/cluster-registries.ts';

/** A running control plane. All paths are absolute and live as long as the testbed. */
export interface ControlPlaneData {
  /** Such as `https://127.0.0.1:41234`. */
  server: string;
  /** Such as `http://127.0.0.1:41235`, without authentication. */
  etcd: string;
  release: Release;
  /** Of Kubernetes: `1.36.3`. */
  version: string;
  /** Of an administrator; holds its certificates itself. */
  kubeconfig: string;
  kubectl: string;
  /**
   * `ca` signs everything: it is the API server's `--client-ca-file`, and what a kubelet trusts API servers by
   * (`kubeletClient`). More certificates come from `issueCertificate`.
   */
  certificates: Certificates;
}

/** A running Docker Engine, which knows the images `busybox:latest` and `busybox:1.36`. */
export interface DockerData {
  /** For `DOCKER_HOST`: `unix:///…/docker.sock`. */
  host: string;
  socket: string;
  /**
   * First two numbers of all addresses the engine gives to networks, such as `10.150`. A test that asks for a subnet of
   * its own takes one between `<prefix>.16.0` and `<prefix>.127.0`; the others are Docker's to give.
   */
  subnetPrefix: string;
}

/** Podman's Docker-compatible socket, of an engine that runs as root; it knows the images that `DockerData` has. */
export interface PodmanData {
  /** For `DOCKER_HOST`. */
  host: string;
  socket: string;
}

/** A browser that tests can drive. */
export interface BrowserData {
  /** Path of Chromium's program. */
  executable: string;
}

/** Slurm on this machine itself, of the version that it has. */
export interface SlurmHostData {
  /** For `SLURM_CONF`: path of slurm.conf, readable for all. */
  conf: string;
  /** Such as `22.05.8`. */
  version: string;
  /** Whom jobs are to belong to; Slurm's commands work for root as well. */
  account: Account;
  /** The only node: this machine's name. */
  node: string;
}

/** A Slurm cluster in containers, with Apptainer on its nodes; `new ClusterCommands(data)` runs commands in it. */
export interface SlurmClusterData extends ClusterEntrance {
  /** Such as `24.11.5`. */
  version: string;
  /** In all of them, and reached from this machine as well. */
  addresses: Readonly<Record<ContainerName, string>>;
  nodes: NodeName[];
  accounts: Readonly<Record<Exclude<ClusterAccount, 'root'>, Account>>;
  /** What the containers have as /shared and /home, on this machine. */
  shared: string;
  home: string;
  /** Whether a job that takes more memory than it asked for becomes OUT_OF_MEMORY (cgroup v1), rather than FAILED. */
  enforcesMemory: boolean;
  registries: ClusterRegistries;
}

/** What runs, as plain data that can be handed to other processes. */
export interface TestbedData {
  directory: string;
  /** Absent when it was not asked for or cannot run here: `missing` tells why. */
  controlPlane?: ControlPlaneData;
  docker?: DockerData;
  /** Nothing of it runs: tests start their own. */
  browser?: BrowserData;
  /**
   * Parts that start when a test first asks for them (`slurmHost()`, `slurmCluster()`, `podman()`): a run without such a test does not wait for them.
   * Absent when none were asked for.
   */
  onDemand?: { socket: string; parts: OnDemandPart[] };
  /** Of the parts that were asked for, at once or on demand, what they lack on this machine. */
  missing: MissingRequirement[];
  /** Variables for hand work: `KUBECONFIG`, `DOCKER_HOST`, and `PATH` with the testbed's kubectl first. */
  env: Record<string, string>;
}
