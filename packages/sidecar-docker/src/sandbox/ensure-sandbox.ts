import { InterLinkError, ownerKey, type PodSpec } from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';
import { createVolumes } from '../container/create-container.ts';
import { type CreatedContainer, createOnce } from '../engine/create-once.ts';
import type { Engine } from '../engine/engine.ts';
import { isNotFound } from '../engine/engine-error.ts';
import { type PodLabels, uidLabel } from '../identity/labels.ts';
import { unlessGone } from '../pods/unless-gone.ts';
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
 * @param plan `needsVolumes`: the engine's volumes have to be made before, see {@link createVolumes}
 * @throws InterLinkError `already_exists` when another owner's pod has the UID, `aborted` while it is being deleted
 */
export async function ensureSandbox(
  engine: Engine,
  spec: PodSpec,
  labels: PodLabels,
  { needsVolumes, ...plan }: SandboxPlan & { readonly needsVolumes: boolean },
): Promise<Sandbox> {
  const isNewFolder = await inDataRoot(plan.root, async () => await writeEtc(plan.root, labels.uid, plan.etc));
  const options = toSandboxOptions(spec, labels, plan);
  const create = async () => {
    if (needsVolumes) await createVolumes(engine, options);
    return await createWithImage(engine, options, plan.image);
  };
  const { inspected, isNew } = await create().catch(async (error: unknown) => {
    // Nobody knows of the pod yet: whoever gives it up leaves no order to remove its files and volumes.
    if (isNewFolder) await removeBegun(engine, plan.root, labels.uid);
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

/** What can't be removed of volumes now is swept when the sidecar is started next. */
async function removeBegun(engine: Engine, root: string, uid: string): Promise<void> {
  await removePodFolder(root, uid);
  try {
    const volumes = await engine.listVolumes(`${uidLabel}=${uid}`);
    await Promise.all(volumes.map(async ({ name }) => await unlessGone(engine.removeVolume(name))));
  } catch {
    // Why the pod could not be created matters more.
  }
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
