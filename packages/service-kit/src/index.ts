/**
 * What every InterLink process needs.
 *
 *   config/    the InterLink file and its environment variables: one table of keys, loaded and checked at once
 *   auth/      who a caller is: identities, token files, an issuer's tokens, what oauth2-proxy says
 *   policy/    what a caller may: a request's owner and verb, and the grants of the configuration
 *   server/    the HTTP server: errors, health, metrics, listening on TCP or a unix socket, NDJSON answers,
 *              upgrades
 *   limits/    what callers may ask for at most: requests, streams, connections
 *   metrics/   names from outside as labels
 *   process/   logs, signals and exit codes, waiting
 *   tls/       certificates in files, read again when they change; a listener's and a client's end of TLS
 *   tracing/   spans and whose they are; OpenTelemetry behind them, loaded when it is asked for
 */
export { bearerAuthentication, noAuthentication } from './auth/authenticate.ts';
export { certificateAuthentication } from './auth/certificate-authentication.ts';
export { firstOf, type Recognize } from './auth/first-of.ts';
export { type Authenticate, type Credentials, type Identity, identityOf, isRefusal } from './auth/identity.ts';
export { defaultTokenPath, noToken, TokenFile } from './auth/token-file.ts';
export { interLinkListenUrl, interLinkUrl, sidecarUrl } from './config/addresses.ts';
export { interLinkKeys } from './config/interlink-keys.ts';
export type { Key } from './config/key.ts';
export {
  type InterLinkConfig,
  interLinkConfigFile,
  type LoadedConfig,
  loadInterLinkConfig,
  type OwnConfigFile,
} from './config/load-interlink-config.ts';
export { nearest } from './config/nearest.ts';
export { parseYaml } from './config/parse-yaml.ts';
export { problemsOf, type SchemaProblem } from './config/schema-problems.ts';
export type { SidecarRow } from './config/sidecars-key.ts';
export { connectionLimitsOf, type Limits, limitsOf, noLimits } from './limits/limits.ts';
export { type Rate, TokenBucket } from './limits/token-bucket.ts';
export { BoundedNames } from './metrics/bounded-names.ts';
export {
  type Access,
  isReadVerb,
  plainPathOf,
  type ReadVerb,
  readAccess,
  readVerbs,
  type StreamVerb,
  type Verb,
} from './policy/access.ts';
export { matchesPattern } from './policy/matches-pattern.ts';
export { type Denial, type DenialReason, Policy, type PolicySettings, type Rights } from './policy/policy.ts';
export { createLogger, type Logger } from './process/logger.ts';
export { runProcess } from './process/run-process.ts';
export { ownProgram, ownProgramPrefix, readAsset } from './process/single-file.ts';
export { keepOldGenerationSmall, keepYoungGenerationSmall } from './process/small-heap.ts';
export { Trouble } from './process/trouble.ts';
export { aborted, keepDoing, type RetryOptions, sleep } from './process/wait.ts';
export { accountToken, accountTokenFile, chooseAuthentication } from './server/choose-authentication.ts';
export type { HealthChecks, HealthNote } from './server/health.ts';
export { createHttpServer, type HttpServerOptions, type Pages } from './server/http-server.ts';
export { listen } from './server/listen.ts';
export { serveOpenApi } from './server/open-api.ts';
export { requestIdHeader } from './server/request-id.ts';
export { sendBytes } from './server/send-bytes.ts';
export { sendRecords } from './server/send-records.ts';
export { hasUpgrade, takeUpgrade, type Upgrade } from './server/upgrades.ts';
export { type ClientTlsNames, clientTls, listenerTls, tlsFileNames } from './tls/configured-tls.ts';
export type { TlsFileNames, TlsMaterial } from './tls/read-tls-files.ts';
export { TlsFiles } from './tls/tls-files.ts';
export { currentSpan, traced, traceHeaders, withSpan } from './tracing/current-span.ts';
export type { Span, SpanAttributes, SpanOptions, TraceOrigin, Tracer } from './tracing/span.ts';
export { startTracing } from './tracing/start-tracing.ts';
