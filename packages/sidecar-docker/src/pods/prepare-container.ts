import { InterLinkError, sleep } from '@interlink/sidecar-sdk';
import { type PlannedContainer, toContainerOptions } from '../container/container-options.ts';
import { refuseRoot, toSecuritySettings } from '../container/security-context.ts';
import { createOnce } from '../engine/create-once.ts';
import { isImageReason, isPullFailure, toPullBackOff } from '../image/image-reasons.ts';
import { toImageWish } from '../image/pull-policy.ts';
import { backOffMs } from './back-off.ts';
import type { CreationContext } from './creation-context.ts';
import { failed, pullBackOff } from './pod-events.ts';

/** How long `ErrImagePull` is shown before it is called a back-off, as the kubelet's next look would. */
const firstErrorMs = 2_000;

/** Gets the container's image and creates the container, again and again with back-off until it works or the pod is to go. */
export async function prepareContainer(first: PlannedContainer, context: CreationContext): Promise<void> {
  const { work, observer, labels } = context;
  const { name } = first.spec;
  for (let failures = 1; !work.signal.aborted; failures += 1) {
    const planned = { ...first, spec: work.asUpdated(first.spec) };
    try {
      await tryToCreate(planned, context);
      work.problems.delete(name);
      observer.changed(labels.uid);
      return;
    } catch (error) {
      if (work.signal.aborted) return;
      await backOff(planned, context, InterLinkError.from(error), backOffMs(failures));
    }
  }
}

async function tryToCreate(planned: PlannedContainer, context: CreationContext): Promise<void> {
  const { engine, images, work, observer, labels, request, root, sandboxId } = context;
  const { spec } = planned;
  const tell = observer.tell.bind(observer, labels.uid, spec.name);
  const image = await images.get(toImageWish(spec, labels.uid), tell, work.signal);
  const refusal = refuseRoot(toSecuritySettings(spec, request.pod.spec), image.user);
  if (refusal !== undefined) {
    throw new InterLinkError('failed_precondition', refusal, { reason: 'CreateContainerConfigError' });
  }
  work.signal.throwIfAborted();
  await createOnce(engine, toContainerOptions(planned, { request, labels, root, sandboxId, image }));
}

/** Shows why the container waits, and waits. */
async function backOff(
  { spec: { name, image = '' } }: PlannedContainer,
  { work, observer, labels: { uid } }: CreationContext,
  error: InterLinkError,
  waitMs: number,
): Promise<void> {
  const { message } = error;
  const { hurried } = work;
  const reason = error.reason ?? 'CreateContainerError';
  work.problems.set(name, { reason, message });
  observer.tell(uid, name, failed(isImageReason(reason) ? reason : message));
  observer.changed(uid);
  if (!isPullFailure(reason)) return await sleep(waitMs, hurried);
  await sleep(firstErrorMs, hurried);
  if (hurried.aborted) return;
  work.problems.set(name, toPullBackOff(image, reason, message));
  observer.tell(uid, name, pullBackOff(image));
  observer.tell(uid, name, failed('ImagePullBackOff'));
  observer.changed(uid);
  await sleep(waitMs - firstErrorMs, hurried);
}
