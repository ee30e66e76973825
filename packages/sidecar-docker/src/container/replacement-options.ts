import { isDeepStrictEqual } from 'node:util';
import type { Container } from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';
import { renderContainerName } from '../identity/container-name.ts';
import { type PodLabels, renderLabels } from '../identity/labels.ts';
import type { PresentImage } from '../image/present-image.ts';
import { toTerminated } from '../report.ts';
import { type EngineContainer, toEngineContainer } from '../status/engine-container.ts';
import { toEngineRestartPolicy } from './container-options.ts';

export interface ReplacementContext {
  /** As it was while it ran. */
  readonly old: EngineContainer;
  readonly ended: Docker.ContainerInspectInfo;
  /** Undefined when it was removed: then all of its settings count as the pod's own. */
  readonly oldImage: Docker.ImageInspectInfo | undefined;
  readonly labels: PodLabels;
  readonly image: Pick<PresentImage, 'imageId' | 'engineId'>;
}

/** The body of `POST /containers/create` for a container like another, but with the image of `spec`. What came from the old image comes from the new one. */
export function toReplacement(
  { name: container, image = '' }: Container,
  { old, ended, oldImage, labels, image: { imageId, engineId } }: ReplacementContext,
): Docker.ContainerCreateOptions {
  const attempt = old.labels.attempt + old.restartCount + 1;
  const { name: pod, namespace, uid } = labels;
  const config = ended.Config;
  const inherited = oldImage?.Config;
  const own = <K extends 'Entrypoint' | 'Cmd' | 'WorkingDir' | 'User'>(key: K) =>
    isDeepStrictEqual(config[key] ?? '', inherited?.[key] ?? '') ? {} : { [key]: config[key] };
  const last = toEngineContainer(ended)?.container ?? old;
  return {
    name: renderContainerName({ container, pod, namespace, uid, attempt }),
    Labels: renderLabels(labels, { ...old.labels, attempt, image, imageId, last: toTerminated(last) }),
    Image: engineId,
    ...own('Entrypoint'),
    // A command of the pod's own takes no arguments from the image.
    ...(isDeepStrictEqual(config.Entrypoint ?? '', inherited?.Entrypoint ?? '') ? own('Cmd') : { Cmd: config.Cmd }),
    ...own('WorkingDir'),
    ...own('User'),
    Env: (config.Env ?? []).filter((variable) => !(inherited?.Env ?? []).includes(variable)),
    Tty: config.Tty,
    OpenStdin: config.OpenStdin,
    StdinOnce: config.StdinOnce,
    HostConfig: {
      ...ended.HostConfig,
      RestartPolicy: toEngineRestartPolicy('container', labels.restartPolicy),
    },
  };
}
