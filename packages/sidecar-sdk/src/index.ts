/**
 * What a sidecar's author imports: write a {@link Backend}, hand it to {@link runSidecar}.
 *
 *   backend.ts       the interface to write
 *   run-sidecar.ts   the process around it
 *   pods/            the cache of reports, idempotent creates, one order at a time per pod, streams into pods
 *   server/          protocol v2 and v1 over HTTP
 *   files/           small files, whole or not at all
 *   image/           names of images, and the logins that fit them
 *   job-script/      scripts that a site makes or keeps itself
 *   log/             log options for backends that keep lines with times
 *   kubeconfig/      what owners let the backend act by in their cluster: kept, and gone with them
 *   lifecycle/       the life of a pod over a small ContainerRuntime; its probes and hooks also by themselves
 *   fields/          what becomes of each field of a pod's spec: the machinery of a backend's table
 *   stats/           what backends on this machine measure it with
 *   streams/         what backends need for exec and port-forward
 *   volumes/         a volume's files on disk, swapped all at once
 *   words/           text to and from the words of a shell
 */
export {
  type AttachOptions,
  type Capabilities,
  type CommandEnd,
  type Container,
  type ContainerKind,
  type ContainerPort,
  type ContainerState,
  type ContainerStats,
  type ContainerStatus,
  containerStatusesOf,
  type EphemeralContainer,
  type ErrorCode,
  type ExecOptions,
  errorCodes,
  InterLinkError,
  initContainerKind,
  type Lifecycle,
  type LifecycleHandler,
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
  type Probe,
  parseOwnerKey,
  parseTarget,
  type RegistryCredential,
  type RemoteCommand,
  type Rendering,
  type ResolvedVolume,
  type RestartPolicy,
  refuseSysctl,
  restartPolicyOf,
  restartRulesOf,
  sysctlNamespace,
  type TerminalSize,
  toDottedSysctl,
  toRetrievedPodData,
  type Volume,
  type VolumeFile,
  type VolumeMount,
} from '@interlink/protocol';
export {
  type Authenticate,
  createLogger,
  defaultTokenPath,
  type InterLinkConfig,
  keepDoing,
  type Logger,
  matchesPattern,
  nearest,
  ownProgram,
  problemsOf,
  type Rate,
  readAsset,
  runProcess,
  sidecarUrl,
  sleep,
  TokenBucket,
  Trouble,
} from '@interlink/service-kit';
export { Registry } from 'prom-client';
export type { Backend, News, OwnedReport, PodReference } from './backend.ts';
export { FieldExaminer, type FieldFindings } from './fields/examine-fields.ts';
export {
  elsewhere,
  type Field,
  type FieldContext,
  fieldsBelow,
  flattenFields,
  ignored,
  refused,
  type Support,
  type Switch,
  supported,
  supportedWith,
  switched,
} from './fields/field.ts';
export { parseQuantity } from './fields/quantity.ts';
export { renderFields } from './fields/render-fields.ts';
export { unknownAnnotations } from './fields/unknown-annotations.ts';
export { booleanOf, idOf, recordOf, stringOf, stringsOf } from './fields/untyped.ts';
export {
  fileVolumeTypes,
  holdsPodData,
  isFiles,
  isMemory,
  kubernetesVolumeTypes,
  volumeTypeOf,
} from './fields/volume-types.ts';
export { openRegularFile, readRegularFile } from './files/regular-file.ts';
export { removeTree } from './files/remove-tree.ts';
export { listNames, readText, removeFile, writeNew, writeWhole } from './files/whole-files.ts';
export { findLogins, type Login } from './image/find-logins.ts';
export { type PullPolicy, toPullPolicy } from './image/pull-policy.ts';
export {
  type ImageReference,
  parseImageReference,
  type Repository,
  renderReference,
  renderRepository,
  toRepository,
} from './image/reference.ts';
export { askScriptBuilder, type ScriptBuilder } from './job-script/ask-script-builder.ts';
export { checkJobScript, readJobScriptTemplate } from './job-script/job-script.ts';
export type { ActionTarget, CommandResult, DialAddress } from './lifecycle/actions/action-target.ts';
export { collectCommand } from './lifecycle/actions/collect-command.ts';
export { connectTo } from './lifecycle/actions/dial.ts';
export { toRequestPath } from './lifecycle/actions/http/location.ts';
export { requestHeaders } from './lifecycle/actions/http/request-headers.ts';
export { resolvePort } from './lifecycle/actions/resolve-port.ts';
export { type Clock, systemClock } from './lifecycle/clock.ts';
export type {
  Attempt,
  AttemptState,
  ContainerRuntime,
  CreateOrder,
  Ending,
  EventText,
  RunOrder,
  RuntimePod,
  UnreadablePod,
} from './lifecycle/container-runtime.ts';
export { backOffMs } from './lifecycle/decide/restart.ts';
export type { CareSubject, ContainerCare } from './lifecycle/engine/container-care.ts';
export { PodLifecycle, type PodLifecycleOptions } from './lifecycle/engine/pod-lifecycle.ts';
export { declared } from './lifecycle/facts/build-facts.ts';
export { type Health, healthy } from './lifecycle/facts/pod-facts.ts';
export { type HookKind, type HookOutcome, runHook } from './lifecycle/hooks/run-hook.ts';
export type { ProbeOutcome } from './lifecycle/probes/handlers/probe-outcome.ts';
export { runProbe } from './lifecycle/probes/handlers/run-probe.ts';
export { type ProbeKind, probeKinds, probeOf, toProbeRules } from './lifecycle/probes/probe-rules.ts';
export { ProbeWorkers, type ProbeWorkersOptions } from './lifecycle/probes/probe-workers.ts';
export type { ProbedContainer, ProbedState, ProbeVerdict } from './lifecycle/probes/probed-state.ts';
export {
  type ImageReason,
  isImageReason,
  isPullFailure,
  type PullFailureReason,
  toPullBackOff,
} from './lifecycle/status/image-reasons.ts';
export { toUnreadReport } from './lifecycle/status/to-unread-report.ts';
export { FolderChanges } from './log/folder-changes.ts';
export { type LogLine, renderLine, selectLines, sinceMs } from './log/log-lines.ts';
export { findTail, LogReader } from './log/log-reader.ts';
export { parseLogRecord } from './log/log-records.ts';
export { type LogFileRequest, streamLogFile } from './log/stream-log-file.ts';
export { readLogEnd, readTerminationFile } from './log/termination-message.ts';
export { podFields } from './pods/pod-fields.ts';
export { PodService } from './pods/pod-service.ts';
export { runSidecar, type SidecarDefinition } from './run-sidecar.ts';
export { createSidecarServer, type SidecarServerOptions } from './server/create-sidecar-server.ts';
export { nanosecondsPerTick, readMachineUsage } from './stats/machine-usage.ts';
export { connectPort, type PortAddress } from './streams/connect-port.ts';
export { type Claim, findClaim, refuseClaim, toClaim } from './volumes/claim.ts';
export {
  type ClaimFolder,
  type ClaimKind,
  type ClaimMap,
  type ClaimNames,
  claimFolders,
  expandClaim,
  fixedPart,
  parseClaims,
} from './volumes/claim-map.ts';
export {
  type AllowedPath,
  type ForbiddenPath,
  findAllowed,
  findForbidden,
  type HostPathPolicy,
  isPlain,
  parseHostPaths,
  withoutSlash,
} from './volumes/host-path-policy.ts';
export { pathBelow } from './volumes/path-below.ts';
export { isWithin, partsBelow } from './volumes/paths-within.ts';
export { giveTo, writeVolumeFiles } from './volumes/write-volume-files.ts';
export { quoteWord } from './words/quote-word.ts';
export { splitWords } from './words/split-words.ts';
