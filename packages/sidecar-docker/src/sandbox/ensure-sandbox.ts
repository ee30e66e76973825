import { InterLinkError, ownerKey, type PodSpec } from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';
import type { Engine } from '../engine/engine.ts';
import type { PodLabels } from '../identity/labels.ts';
import { type EngineContainer, toEngineContainer } from '../status/engine-container.ts';
import { ensureSandboxImage } from './sandbox-image.ts';
import { toSandboxOptions } from './sandbox-options.ts';

export interface Sandbox {
  readonly container: EngineContainer;
  /** This call created it. */
  readonly isNew: boolean;
}

/**
 * Creates the pod's sandbox, or finds the one that an earlier call created. Its name is taken by one container only.
 * @throws InterLinkError `already_exists` when another owner's pod has the UID, `aborted` while it is being deleted
 */
export async function ensureSandbox(engine: Engine, spec: PodSpec, labels: PodLabels): Promise<Sandbox> {
  const options = toSandboxOptions(spec, labels);
  const isNew = await create(engine, options);
  const found = toEngineContainer(await engine.inspectContainer(options.name ?? ''));
  const pod = `${labels.namespace}/${labels.name}`;
  if (found === undefined || ownerKey(found.pod.owner) !== ownerKey(labels.owner)) {
    throw new InterLinkError('already_exists', `The sandbox of pod ${pod} (${labels.uid}) belongs to somebody else`);
  }
  if (!found.container.mayRestart) throw new InterLinkError('aborted', `Pod ${pod} is still being deleted`);
  return { container: found.container, isNew };
}

/** False when it is there already. */
async function create(engine: Engine, options: Docker.ContainerCreateOptions): Promise<boolean> {
  try {
    await engine.createContainer(options);
    return true;
  } catch (error) {
    const { code } = InterLinkError.from(error);
    if (code === 'already_exists') return false;
    if (code !== 'not_found') throw error;
  }
  // The image is missing: on a new engine, or after somebody's `docker image prune`.
  await ensureSandboxImage(engine);
  return await create(engine, options);
}
