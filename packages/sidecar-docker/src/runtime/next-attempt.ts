import { isDeepStrictEqual } from 'node:util';
import { type Container, type CreateOrder, InterLinkError, type RuntimePod } from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';
import { refuseRoot, renderUser } from '../container/security-context.ts';
import type { Engine } from '../engine/engine.ts';
import { renderContainerName } from '../identity/container-name.ts';
import { type PodLabels, parseHostConfigLabel, renderLabels } from '../identity/labels.ts';
import type { ImageSource } from '../image/image-source.ts';
import { toImageWish } from '../image/pull-policy.ts';
import type { PodWorks } from '../pods/pod-works.ts';
import type { EngineContainer } from '../status/engine-container.ts';
import { findSpec, rememberedSecurity } from './remembered-security.ts';
import { mountTerminationLog } from './termination-log.ts';

export interface NextAttemptContext {
  readonly engine: Pick<Engine, 'inspectContainer' | 'inspectImage'>;
  readonly images: Pick<ImageSource, 'get'>;
  readonly works: PodWorks;
  readonly root: string;
  readonly labels: PodLabels;
  /** The attempt before it. */
  readonly before: EngineContainer;
  /** Whose inspect lacks how a container was made: a label of ours has it there, which elsewhere may be the image's. */
  readonly isPodman: boolean;
}

/**
 * The body of `POST /containers/create` for a container like the attempt before it. Where the image is another, what came from the
 * old image comes from the new one.
 */
export async function toNextAttempt(
  order: CreateOrder,
  context: NextAttemptContext,
): Promise<Docker.ContainerCreateOptions> {
  const { engine, labels, before, root, isPodman } = context;
  const inspected = await engine.inspectContainer(before.id);
  const oldImage = await engine.inspectImage(inspected.Image).catch(() => undefined);
  const spec = specOf(order.pod, order.container);
  const image = await imageFor(order, inspected, context);
  const { container, attempt, failuresBefore } = order;
  const { name: pod, namespace, uid } = labels;
  const hostConfig = isPodman ? hostConfigOf(inspected) : inspected.HostConfig;
  const log = await mountTerminationLog(spec, { root, uid, attempt: { container, number: attempt } });
  return {
    ...ownProcess(inspected.Config, oldImage?.Config),
    ...(image.askedUser === '' ? {} : { User: image.askedUser }),
    name: renderContainerName({ container, pod, namespace, uid, attempt }),
    Labels: renderLabels(labels, {
      ...before.labels,
      attempt,
      failuresBefore,
      image: image.image,
      imageId: image.imageId,
    }),
    Image: image.engineId,
    HostConfig: {
      ...hostConfig,
      Mounts: (hostConfig.Mounts ?? []).map((mount) => (mount.Target === log.Target ? log : mount)),
    },
  };
}

/** As it was asked for, with the limits that it has been given since. */
function hostConfigOf({ Config: config, HostConfig: shown }: Docker.ContainerInspectInfo): Docker.HostConfig {
  const made = parseHostConfigLabel(config.Labels);
  if (made === undefined) return shown;
  const { CpuShares, CpuPeriod, CpuQuota, Memory, MemorySwap } = shown;
  return { ...made, CpuShares, CpuPeriod, CpuQuota, Memory, MemorySwap } as Docker.HostConfig;
}

/** What of a container's settings is the pod's own, and not its image's. */
function ownProcess(
  config: Docker.ContainerInspectInfo['Config'],
  inherited: Docker.ImageInspectInfo['Config'] | undefined,
): Docker.ContainerCreateOptions {
  const isInherited = (key: 'Entrypoint' | 'Cmd' | 'WorkingDir' | 'User') =>
    isDeepStrictEqual(config[key] ?? '', inherited?.[key] ?? '');
  const own = (key: 'Entrypoint' | 'Cmd' | 'WorkingDir' | 'User') => (isInherited(key) ? {} : { [key]: config[key] });
  return {
    ...own('Entrypoint'),
    // A command of the pod's own takes no arguments from the image.
    ...(isInherited('Entrypoint') ? own('Cmd') : { Cmd: config.Cmd }),
    ...own('WorkingDir'),
    ...own('User'),
    Env: (config.Env ?? []).filter((variable) => !(inherited?.Env ?? []).includes(variable)),
    Tty: config.Tty,
    OpenStdin: config.OpenStdin,
    StdinOnce: config.StdinOnce ?? false,
    ...('StopSignal' in config && typeof config.StopSignal === 'string' ? { StopSignal: config.StopSignal } : {}),
  };
}

/** Once the request is lost, with its credentials, the image that is there serves; another one is fetched in any case. */
async function imageFor(
  order: CreateOrder,
  { Image: id }: Docker.ContainerInspectInfo,
  { images, works, labels, before }: NextAttemptContext,
): Promise<{ engineId: string; image: string; imageId: string; askedUser: string }> {
  const spec = specOf(order.pod, order.container);
  const { image = before.labels.image } = spec;
  const work = works.find(labels.uid);
  if (work?.request === undefined && image === before.labels.image) {
    // Of that image it was allowed, as the user that it has.
    return { engineId: id, image, imageId: before.labels.imageId, askedUser: '' };
  }
  const { imageId, engineId, user } = await images.get(toImageWish(spec, labels.uid), order.tell, order.signal);
  const settings = rememberedSecurity(order.container, {
    request: work?.request?.pod,
    labelled: order.pod.pod,
    updated: work?.updated?.pod,
  });
  const refusal = refuseRoot(settings, user);
  if (refusal !== undefined) {
    throw new InterLinkError('failed_precondition', refusal, { reason: 'CreateContainerConfigError' });
  }
  return { engineId, image, imageId, askedUser: renderUser(settings, user) };
}

function specOf({ pod }: RuntimePod, name: string): Container {
  return findSpec(pod, name) ?? { name };
}
