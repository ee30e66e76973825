/**
 * What a sidecar's author imports: write a {@link Backend}, hand it to {@link runSidecar}.
 *
 *   backend.ts       the interface to write
 *   run-sidecar.ts   the process around it
 *   pods/            the cache of reports, idempotent creates, one order at a time per pod, streams into pods
 *   server/          protocol v2 and v1 over HTTP
 *   log/             log options for backends that keep lines with times
 *   stats/           what backends on this machine measure it with
 *   streams/         what backends need for exec and port-forward
 *   volumes/         a volume's files on disk, swapped all at once
 */
export {
  type AttachOptions,
  type Capabilities,
  type CommandEnd,
  type Container,
  type ContainerState,
  type ContainerStats,
  type ContainerStatus,
  type EphemeralContainer,
  type ErrorCode,
  type ExecOptions,
  errorCodes,
  InterLinkError,
  type LogOptions,
  type NodeStats,
  type Owner,
  ownerKey,
  type Pod,
  type PodEvent,
  type PodReport,
  type PodReportStatus,
  type PodRequest,
  type PodSpec,
  type PodStats,
  type PodUpdate,
  parseOwnerKey,
  parseTarget,
  type RegistryCredential,
  type RemoteCommand,
  type ResolvedVolume,
  type TerminalSize,
  type Volume,
  type VolumeFile,
  type VolumeMount,
} from '@interlink/protocol';
export {
  type Authenticate,
  createLogger,
  type InterLinkConfig,
  keepDoing,
  type Logger,
  nearest,
  runProcess,
  sidecarUrl,
  sleep,
} from '@interlink/service-kit';
export type { Backend, News, OwnedReport, PodReference } from './backend.ts';
export { type LogLine, renderLine, selectLines } from './log/log-lines.ts';
export { podFields } from './pods/pod-fields.ts';
export { PodService } from './pods/pod-service.ts';
export { runSidecar, type SidecarDefinition } from './run-sidecar.ts';
export { createSidecarServer, type SidecarServerOptions } from './server/create-sidecar-server.ts';
export { nanosecondsPerTick, readMachineUsage } from './stats/machine-usage.ts';
export { connectPort, type PortAddress } from './streams/connect-port.ts';
export { pathBelow } from './volumes/path-below.ts';
export { giveTo, writeVolumeFiles } from './volumes/write-volume-files.ts';
