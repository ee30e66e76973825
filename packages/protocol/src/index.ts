/**
 * The InterLink wire contract.
 *
 *   errors/        the one error type, its HTTP mapping, RFC 9457 problems
 *   pod/           what goes down: a pod request with resolved environment and files; what comes up: a report
 *   stream/        the NDJSON watch stream: records, framing, the log that a server feeds it from
 *   stats/         what pods use
 *   log/           log options and their query
 *   streaming/     exec, attach and port-forward: what a caller holds, channels over a WebSocket, both ends of it
 *   client/        one HTTP peer; the typed v2 client; the fence around those whose turn is over
 *   v1/            the messages of protocol v1 and their translation
 *   openapi/       all of it as an OpenAPI document
 */
export { backendRequestsHeader, type Capabilities, type Pool, parseCapabilities, volumeTypes } from './capabilities.ts';
export { epochHeader, type Fence, staleEpoch } from './client/fence.ts';
export { HttpTarget, type HttpTargetOptions, type TargetRequest } from './client/http-target.ts';
export { endWhenLost } from './client/lost-peers.ts';
export { onlookerHeader } from './client/onlooker.ts';
export { type ClientTls, parseTarget } from './client/peer-address.ts';
export { PodClient } from './client/pod-client.ts';
export { listBody, readBody, readJson, smallBody } from './client/read-body.ts';
export type { TargetObserver } from './client/target-observer.ts';
export type { UpgradeAnswer } from './client/upgrade.ts';
export { fromHttpStatus, toHttpStatus } from './errors/http-status.ts';
export { type ErrorCode, type ErrorDetails, errorCodes, InterLinkError } from './errors/interlink-error.ts';
export { type Problem, parseProblem, problemContentType, toProblem } from './errors/problem.ts';
export { refusalStatuses } from './errors/refusal-status.ts';
export { type DeliveredKubeconfig, parseDeliveredKubeconfig } from './kubeconfig.ts';
export { type LogOptions, parseLogQuery, renderLogQuery } from './log/log-options.ts';
export { type NameKind, parseName } from './names.ts';
export type { OpenApiDocument } from './openapi/document.ts';
export { type OpenApiServer, openApiDocument } from './openapi/open-api-document.ts';
export { type Owner, ownerKey, ownerPath, parseOwner, parseOwnerKey } from './owner.ts';
export { containerStatusesOf } from './pod/container-statuses-of.ts';
export { jobAnnotation } from './pod/job-annotation.ts';
export {
  type ContainerState,
  type ContainerStatus,
  type PodReport,
  type PodReportList,
  type PodReportStatus,
  parsePodReport,
  parsePodReportList,
} from './pod/pod-report.ts';
export { type PodRequest, parsePodRequest } from './pod/pod-request.ts';
export type {
  Container,
  EnvVar,
  EphemeralContainer,
  Pod,
  PodMetadata,
  PodSpec,
  Volume,
  VolumeMount,
} from './pod/pod-spec.ts';
export { type PodUpdate, parsePodUpdate } from './pod/pod-update.ts';
export type {
  ContainerPort,
  ExecAction,
  GrpcAction,
  HttpGetAction,
  Lifecycle,
  LifecycleHandler,
  Probe,
  TcpSocketAction,
} from './pod/probe.ts';
export {
  configMapContent,
  type KeyToPath,
  MissingKeyError,
  type ProjectionOptions,
  projectKeys,
  secretContent,
} from './pod/project-keys.ts';
export type { RegistryCredential } from './pod/registry-credential.ts';
export { parseRendering, type Rendering } from './pod/rendering.ts';
export {
  type ContainerKind,
  initContainerKind,
  isRestarted,
  type RestartPolicy,
  type RestartSpec,
  restartPolicyOf,
  restartRulesOf,
} from './pod/restart-policy.ts';
export { refuseSysctl, type SysctlContext, sysctlNamespace, toDottedSysctl } from './pod/sysctls.ts';
export type { ResolvedVolume, VolumeFile } from './pod/volume-files.ts';
export { parseVolumesUpdate, type VolumesUpdate } from './pod/volumes-update.ts';
export { type ContainerStats, type NodeStats, type PodStats, parseNodeStats } from './stats/node-stats.ts';
export { ndjsonContentType, parseNdjson, renderNdjson } from './stream/ndjson.ts';
export { ReportLog } from './stream/report-log.ts';
export type { ReportSubscription } from './stream/report-subscription.ts';
export {
  bookmarkIntervalMs,
  type PodEvent,
  parseStreamRecord,
  type StreamRecord,
  streamSilenceMs,
} from './stream/stream-record.ts';
export { linesOf, WholeLines } from './stream/whole-lines.ts';
export { type ChannelListener, ChannelSocket, type ChannelSocketOptions } from './streaming/channel-socket.ts';
export { sendChunk } from './streaming/channel-streams.ts';
export {
  binaryFraming,
  type ChannelFraming,
  channels,
  type Frame,
  parseResize,
  renderFrame,
  streamProtocol,
  webSocketLimits,
} from './streaming/channels.ts';
export { parseAttachQuery, parseExecQuery, parsePortQuery } from './streaming/command-query.ts';
export { serveCommand } from './streaming/command-server.ts';
export { toCommandStatus } from './streaming/command-status.ts';
export { joinConnections } from './streaming/join-connections.ts';
export { PortConnection } from './streaming/port-connection.ts';
export type {
  AttachOptions,
  CommandEnd,
  ExecOptions,
  RemoteCommand,
  TerminalSize,
} from './streaming/remote-command.ts';
export { fromLogStruct, toLogStruct } from './v1/logs.ts';
export {
  parseCreateStruct,
  parseLogStruct,
  parsePodCreateRequests,
  parseRetrievedPodData,
  parseV1Pod,
  parseV1PodStatuses,
  parseV1Pods,
} from './v1/parse.ts';
export { type PingResponse, parsePingResponse, toPingResponse, toPool } from './v1/ping.ts';
export { fromPodCreateRequests, fromRetrievedPodData, v1Owner } from './v1/pod-from-v1.ts';
export { toPodCreateRequests, toRetrievedPodData } from './v1/pod-to-v1.ts';
export type { CreateStruct, LogStruct, PodCreateRequests, RetrievedPodData, V1PodStatus } from './v1/shapes.ts';
export { fromV1PodStatus, toV1PodStatus } from './v1/status.ts';
export { type Parser, parserOf } from './validate.ts';
