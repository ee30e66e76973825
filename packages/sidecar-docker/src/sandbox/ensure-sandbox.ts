import { InterLinkError, ownerKey, type PodSpec } from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';
import { type CreatedContainer, createOnce } from '../engine/create-once.ts';
import type { Engine } from '../engine/engine.ts';
import { isNotFound } from '../engine/engine-error.ts';
import type { PodLabels } from '../identity/labels.ts';
import { type EngineContainer, toEngineContainer } from '../status/engine-container.ts';
import { inDataRoot } from '../volumes/data-root.ts';
import { removePodFolder } from '../volumes/write-volumes.ts';
import { writeEtc } from './pod-etc.ts';
import { ensureSandboxImage, pullSandboxImage } from './sandbox-image.ts';
import { toSandboxOptions } from './sandbox-options.ts';
import type { SandboxPlan } from './sandbox-plan.ts';

export interface Sandbox {
  readonly container: EngineContainer;
  /** This call created it. */
  readonly isNew: boolean;
}

/**
 * Creates the pod's sandbox, or finds the one that an earlier call created.
 * @throws InterLinkError `already_exists` when another owner's pod has the UID, `aborted` while it is being deleted
 */
export async function ensureSandbox(
  engine: Engine,
  spec: PodSpec,
  labels: PodLabels,
  plan: SandboxPlan,
): Promise<Sandbox> {
  const isNewFolder = await inDataRoot(plan.root, async () => await writeEtc(plan.root, labels.uid, plan.etc));
  const options = toSandboxOptions(spec, labels, plan);
  const { inspected, isNew } = await createWithImage(engine, options, plan.image).catch(async (error: unknown) => {
    // Nobody knows of the pod yet: whoever gives it up leaves no order to remove its files.
    if (isNewFolder) await removePodFolder(plan.root, labels.uid);
    throw error;
  });
  const found = toEngineContainer(inspected);
  const pod = `${labels.namespace}/${labels.name}`;
  if (found === undefined || ownerKey(found.pod.owner) !== ownerKey(labels.owner)) {
    throw new InterLinkError('already_exists', `The sandbox of pod ${pod} (${labels.uid}) belongs to somebody else`);
  }
  if (!found.container.mayRestart) throw new InterLinkError('aborted', `Pod ${pod} is still being deleted`);
  return { container: found.container, isNew };
}

/** The image is missing on a new engine, and after somebody's `docker image prune`. */
async function createWithImage(
  engine: Engine,
  options: Docker.ContainerCreateOptions,
  configured: string | undefined,
): Promise<CreatedContainer> {
  try {
    return await createOnce(engine, options);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  await (configured === undefined ? ensureSandboxImage(engine) : pullSandboxImage(engine, configured));
  return await createOnce(engine, options);
}
