import type { Container, Owner, PodRequest, Rendering } from '@interlink/sidecar-sdk';
import type Docker from 'dockerode';
import { planContainers, toContainerOptions } from './container/container-options.ts';
import { assertRunnable } from './container/refusal.ts';
import { toPodLabels } from './create.ts';
import { giveDevices } from './devices/give-devices.ts';
import { openDevices } from './devices/wanted-devices.ts';
import { fieldEvents } from './fields/field-events.ts';
import type { PresentImage } from './image/present-image.ts';
import { toSandboxOptions } from './sandbox/sandbox-options.ts';
import { planSandbox } from './sandbox/sandbox-plan.ts';
import type { SitePolicy } from './site/site-policy.ts';

/**
 * The bodies of `POST /containers/create` that a create of this pod would send, and what its author would be told. Known only later,
 * and left open: the sandbox's id, the images' own ids and users, what volumes are made of, which
 * GPUs are free.
 * @throws InterLinkError `failed_precondition` for what can't be run here, as a create would
 */
export async function renderPod(
  request: PodRequest,
  owner: Owner,
  { root, policy }: { readonly root: string; readonly policy: SitePolicy },
): Promise<Rendering> {
  const { spec } = request.pod;
  assertRunnable(request.pod, policy);
  const labels = toPodLabels(request, owner);
  const plan = await planSandbox(spec, labels, { root, policy });
  const sandbox = toSandboxOptions(spec, labels, plan);
  const { name: sandboxId = '' } = sandbox;
  const open = { attempt: 0, failuresBefore: 0 };
  const containers = planContainers(request).map((planned) => {
    const { spec } = planned;
    const known = { request, labels, sandboxId, policy, ...open };
    const body = toContainerOptions(planned, { ...known, image: openImage(spec), mounts: openMounts(spec) });
    return giveDevices(body, openDevices(spec), policy.engine);
  });
  return {
    parts: [sandbox, ...containers].map(({ name = '', ...body }) => ({ name, body })),
    warnings: [...plan.events, ...fieldEvents(request.pod, policy)].map(
      ({ reason, message }) => `${reason}: ${message}`,
    ),
  };
}

/** By its name: which it is, is known when it is there. */
function openImage({ image = '' }: Container): PresentImage {
  return { imageId: '', engineId: image, user: '' };
}

/** Volumes by their names: folders and links are looked at only when they are mounted. */
function openMounts({ volumeMounts = [] }: Container): Docker.MountSettings[] {
  return volumeMounts.map(({ name, mountPath, readOnly = false }) => ({
    ...{ Type: 'bind', Source: `<volume ${name}>`, Target: mountPath, ReadOnly: readOnly },
  }));
}
