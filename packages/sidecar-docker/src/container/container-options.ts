import { booleanOf, type Container, type PodRequest } from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';
import { withPodFlags } from '../flags/pod-flags.ts';
import { renderContainerName } from '../identity/container-name.ts';
import { type PodLabels, renderLabels } from '../identity/labels.ts';
import { toLifecycleContainer } from '../identity/lifecycle-spec.ts';
import type { PresentImage } from '../image/present-image.ts';
import { logConfig } from '../log/log-config.ts';
import { containerNamespaces } from '../sandbox/namespaces.ts';
import type { SitePolicy } from '../site/site-policy.ts';
import { toEngineCapabilities } from './capabilities.ts';
import { toOomScoreAdj } from './oom-score.ts';
import { toEngineResources } from './resources.ts';
import { renderUser, supplementalGroups, toSecuritySettings } from './security-context.ts';
import { toSecurityOptions } from './security-profiles.ts';

/** One container of a pod, found in its request. */
export interface PlannedContainer {
  readonly spec: Container;
  readonly kind: 'init' | 'container' | 'ephemeral';
  readonly position: number;
  /** The container at the engine whose processes it sees. */
  readonly pidOf?: string;
}

export interface ContainerContext {
  readonly request: PodRequest;
  readonly labels: PodLabels;
  readonly mounts: Docker.MountSettings[];
  readonly sandboxId: string;
  readonly image: PresentImage;
  readonly attempt: number;
  /** How many attempts in a row ended soon before this one. */
  readonly failuresBefore: number;
  readonly policy: SitePolicy;
}

/** The pod's containers in their order: init containers first. */
export function planContainers({ pod }: PodRequest): PlannedContainer[] {
  const init = (pod.spec.initContainers ?? []).map((spec) => ({ spec, kind: 'init' as const }));
  const main = pod.spec.containers.map((spec) => ({ spec, kind: 'container' as const }));
  return [...init, ...main].map((planned, position) => ({ ...planned, position }));
}

export function planContainer(request: PodRequest, name: string): PlannedContainer | undefined {
  return planContainers(request).find(({ spec }) => spec.name === name);
}

/** The body of `POST /containers/create` for one container of a pod: https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerCreate */
export function toContainerOptions(
  planned: PlannedContainer,
  context: ContainerContext,
): Docker.ContainerCreateOptions {
  const {
    policy,
    request: { pod },
  } = context;
  return {
    ...identityOf(planned, context),
    ...processOf(planned, context),
    HostConfig: withPodFlags(pod, hostConfigOf(planned, context), policy.site),
  };
}

function hostConfigOf({ spec, pidOf }: PlannedContainer, context: ContainerContext): Docker.HostConfig {
  const { request, mounts, sandboxId, policy } = context;
  const { pod } = request;
  return {
    ...containerNamespaces(pod.spec, sandboxId, pidOf),
    // Restarts are decided by the pod's lifecycle, as new attempts.
    RestartPolicy: { Name: 'no' },
    LogConfig: logConfig,
    Mounts: mounts,
    ...toEngineResources(spec),
    OomScoreAdj: toOomScoreAdj(spec, pod.spec, policy.engine),
    ...(policy.site.pidsLimit === undefined ? {} : { PidsLimit: policy.site.pidsLimit }),
    ...securityOf(spec, context),
  };
}

function securityOf(spec: Container, { request: { pod }, policy }: ContainerContext) {
  const { readOnlyRootFilesystem, procMount } = spec.securityContext ?? {};
  const { runtimeClassName: runtime = '' } = pod.spec;
  return {
    ...toEngineCapabilities(spec),
    ReadonlyRootfs: booleanOf(readOnlyRootFilesystem) === true,
    SecurityOpt: toSecurityOptions(spec, pod, policy),
    GroupAdd: supplementalGroups(pod.spec).map(String),
    // Without a word the engine hides the parts of /proc that tell of the host.
    ...(procMount === 'Unmasked' ? { MaskedPaths: [], ReadonlyPaths: [] } : {}),
    ...(runtime === '' ? {} : { Runtime: runtime }),
  };
}

function identityOf(
  { spec, kind, position }: PlannedContainer,
  { labels, image: { imageId }, attempt, failuresBefore }: ContainerContext,
) {
  const { name: container, image = '' } = spec;
  const { name: pod, namespace, uid } = labels;
  const ephemeral = kind === 'ephemeral' ? { ephemeral: toLifecycleContainer(spec) } : {};
  return {
    name: renderContainerName({ container, pod, namespace, uid, attempt }),
    Labels: renderLabels(labels, { kind, container, position, attempt, failuresBefore, image, imageId, ...ephemeral }),
  };
}

/** `command` replaces the image's entry point and its arguments; `args` alone only the arguments. */
function processOf({ spec }: PlannedContainer, { request, image }: ContainerContext) {
  const command = spec.command ?? [];
  const args = spec.args ?? [];
  const user = renderUser(toSecuritySettings(spec, request.pod.spec), image.user);
  return {
    Image: image.engineId,
    ...(command.length === 0 ? {} : { Entrypoint: command }),
    ...(args.length === 0 ? {} : { Cmd: args }),
    ...(spec.workingDir === undefined || spec.workingDir === '' ? {} : { WorkingDir: spec.workingDir }),
    ...(user === '' ? {} : { User: user }),
    ...(spec.lifecycle?.stopSignal === undefined ? {} : { StopSignal: spec.lifecycle.stopSignal }),
    Env: (spec.env ?? []).map(({ name, value }) => `${name}=${value ?? ''}`),
    Tty: spec.tty === true,
    OpenStdin: spec.stdin === true,
    StdinOnce: spec.stdinOnce === true,
  };
}
