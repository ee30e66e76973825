// The testbed: real servers for tests, on one machine; no registry out there is asked for images.
//   testbed.ts       starts one: spawns supervisor.ts, which all servers are children of, and hands out their data
//   control-plane/   etcd, kube-apiserver, kube-controller-manager, kube-scheduler and kubectl, built from Go modules
//   docker/          a Docker Engine of its own, with images made from Debian's busybox-static; test-images.ts makes and pushes more,
//                    base-image.ts makes what our own images stand on
//   podman/          Podman's Docker-compatible socket, with the same images
//   slurm/           Slurm on this machine, and a cluster in containers of that engine with Apptainer; recording/ asks them for fixtures
//   registry/        an image registry with or without passwords, for those tests that want one
//   python/          virtual environments with pinned packages, for programs from PyPI
//   prometheus/      a Prometheus of Debian's package, for whoever asks it queries
//   oidc/            an issuer of OpenID Connect; oauth2-proxy/ the proxy that takes its tokens, built from a Go module
//   ssh/             an sshd of one account, whose connections can be cut and frozen
//   binaries/        our own executables, as `make all` builds them; compose/ and helm/ Docker Compose and Helm, built from Go modules
//   on-demand.ts     starts Slurm or Podman when a test first asks for it
//   requirements.ts  what the machine must have; missing-parts.ts what to do when it has not
//   patience.ts      how much longer tests wait in CI; patient-waits.ts has vitest do so
//   vitest-setup.ts  one testbed for a whole test run; main.ts one for hand work
//   clusters.ts      the Kubernetes APIs that integration tests run against: in memory, and real
//   cache/           what takes minutes to build, once for all runs
//   kubectl.ts, wait-for.ts  what many tests do with it

export { type BinaryName, binaryNames, ensureBinaries } from './binaries/ensure-binaries.ts';
export { type OpenCluster, type TestCluster, testClusters } from './clusters.ts';
export { ensureCompose } from './compose/compose.ts';
export { type CertificateFiles, type CertificateRequest, issueCertificate } from './control-plane/certificates.ts';
export type { ExtraFlags } from './control-plane/flags.ts';
export {
  type SecondApiServer,
  type SecondApiServerOptions,
  startSecondApiServer,
} from './control-plane/second-api-server.ts';
export { importBaseImage } from './docker/base-image.ts';
export { TestImages } from './docker/test-images.ts';
export { ensureHelm } from './helm/helm.ts';
export { type KubectlOptions, kubectl } from './kubectl.ts';
export { ensureOAuth2Proxy } from './oauth2-proxy/oauth2-proxy.ts';
export {
  ON_DEMAND_TIMEOUT_MS,
  type OnDemandPart,
  offers,
  podman,
  slurmCluster,
  slurmHost,
} from './on-demand.ts';
export { killChildren } from './process/own-namespace.ts';
export { type CommandOptions, type CommandResult, runCommand, runCommandOrThrow } from './process/run-command.ts';
export { ServerProcess } from './process/server-process.ts';
export { canMakeVenvs, ensureVenv } from './python/venv.ts';
export { type Registry, type RegistryAccount, registryAccounts, startRegistry } from './registry/registry.ts';
export { type Account, toLoginEnv } from './slurm/account.ts';
export { ClusterCommands } from './slurm/cluster-commands.ts';
export type { ClusterAccount, ContainerName, NodeName } from './slurm/cluster-members.ts';
export { asAccount, toHostShell } from './slurm/host-shell.ts';
export { startOwnSlurmCluster, startOwnSlurmHost } from './slurm/own-slurm.ts';
export type { SlurmCluster } from './slurm/slurm-cluster.ts';
export type { SlurmHost } from './slurm/slurm-host.ts';
export type { ShellOptions, SlurmShell } from './slurm/slurm-shell.ts';
export { FAST_EVICTION, startTestbed, type Testbed, type TestbedOptions } from './testbed.ts';
export type {
  BrowserData,
  ControlPlaneData,
  DockerData,
  PodmanData,
  SlurmClusterData,
  SlurmHostData,
  TestbedData,
} from './testbed-data.ts';
export { type WaitOptions, waitFor } from './wait-for.ts';
