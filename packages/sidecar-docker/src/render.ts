import type { Container, Owner, PodRequest, Rendering } from '@interlink/sidecar-sdk';
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
import type { VolumeSite } from './volumes/volume-site.ts';

export interface RenderOptions {
  /** DataRootFolder. */
  readonly root: string;
  readonly policy: SitePolicy;
  readonly volumes: Pick<VolumeSite, 'assertMountable' | 'openMountsOf'>;
}

/**
 * The bodies of `POST /containers/create` that a create of this pod would send, and what its author would be told. Known only later,
 * and left open: the sandbox's id, the images' own ids and users, which folders volumes
 * are, which GPUs are free.
 * @throws InterLinkError `failed_precondition` for what can't be run here, as a create would
 */
export async function renderPod(
  request: PodRequest,
  owner: Owner,
  { root, policy, volumes }: RenderOptions,
): Promise<Rendering> {
  const { spec } = request.pod;
  assertRunnable(request.pod, policy);
  await volumes.assertMountable(request.pod);
  const labels = toPodLabels(request, owner);
  const plan = await planSandbox(spec, labels, { root, policy });
  const sandbox = toSandboxOptions(spec, labels, plan);
  const { name: sandboxId = '' } = sandbox;
  const open = { attempt: 0, failuresBefore: 0 };
  const containers = planContainers(request).map(async (planned) => {
    const { spec } = planned;
    const mounts = await volumes.openMountsOf(spec, request.pod);
    const known = { request, labels, sandboxId, policy, ...open };
    const body = toContainerOptions(planned, { ...known, image: openImage(spec), mounts });
    return giveDevices(body, openDevices(spec), policy.engine);
  });
  return {
    parts: [sandbox, ...(await Promise.all(containers))].map(({ name = '', ...body }) => ({ name, body })),
    warnings: [...plan.events, ...fieldEvents(request.pod, policy)].map(
      ({ reason, message }) => `${reason}: ${message}`,
    ),
  };
}

/** By its name: which it is, is known when it is there. */
function openImage({ image = '' }: Container): PresentImage {
  return { imageId: '', engineId: image, user: '' };
}
