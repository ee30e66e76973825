import type { Release } from './control-plane/binaries.ts';
import type { Certificates } from './control-plane/certificates.ts';
import type { MissingRequirement } from './requirements.ts';

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

/** What runs, as plain data that can be handed to other processes. */
export interface TestbedData {
  directory: string;
  /** Absent when it was not asked for or cannot run here: `missing` tells why. */
  controlPlane?: ControlPlaneData;
  docker?: DockerData;
  /** Of the parts that were asked for, what they lack on this machine. */
  missing: MissingRequirement[];
  /** Variables for hand work: `KUBECONFIG`, `DOCKER_HOST`, and `PATH` with the testbed's kubectl first. */
  env: Record<string, string>;
}
