import { type Container, InterLinkError, sleep } from '@interlink/sidecar-sdk';
import { toReplacement } from '../container/replacement-options.ts';
import { refuseRoot, toSecuritySettings } from '../container/security-context.ts';
import { createOnce } from '../engine/create-once.ts';
import { priorities } from '../engine/engine.ts';
import { toImageWish } from '../image/pull-policy.ts';
import { toContainerStatus } from '../report.ts';
import { backOffMs } from './back-off.ts';
import type { CreationContext } from './creation-context.ts';
import { forbidRestart } from './forbid-restart.ts';
import { failed, killing } from './pod-events.ts';
import { unlessGone } from './unless-gone.ts';

const defaultGraceSeconds = 30;

/**
 * Ends a container and starts one in its place that differs in its image alone; tries again until that works, the image is changed
 * once more, or the pod is to go. The old one runs until the new image is there. Does not reject.
 */
export async function replaceContainer(spec: Container, context: CreationContext): Promise<void> {
  const { work, observer, labels } = context;
  const isOver = () => work.signal.aborted || work.images.get(spec.name) !== spec.image;
  for (let failures = 1; !isOver(); failures += 1) {
    try {
      await replace(spec, context);
      work.problems.delete(spec.name);
      break;
    } catch (error) {
      if (isOver()) break;
      observer.tell(labels.uid, spec.name, failed(InterLinkError.from(error).message));
      await sleep(backOffMs(failures), work.signal);
    } finally {
      work.replacing.delete(spec.name);
    }
  }
  observer.changed(labels.uid);
}

async function replace(spec: Container, context: CreationContext): Promise<void> {
  const { engine, images, reader, work, observer, labels, request } = context;
  const { name } = spec;
  const tell = observer.tell.bind(observer, labels.uid, name);
  const image = await images.get(toImageWish(spec, labels.uid), tell, work.signal);
  const refusal = refuseRoot(toSecuritySettings(spec, request.pod.spec), image.user);
  if (refusal !== undefined) throw new InterLinkError('failed_precondition', refusal);
  const snapshot = await reader.readPod(labels.uid);
  const slot = snapshot?.slots.find(({ entry }) => entry.name === name);
  const old = slot?.container;
  // Gone, or changed back to the image that it has.
  if (snapshot === undefined || slot === undefined || old === undefined || slot.entry.image === spec.image) return;
  const shown = toContainerStatus(slot, { snapshot, known: work, later: [] });
  work.replacing.set(name, { ...shown, ready: false });
  await forbidRestart(engine, old.id);
  tell(killing(name));
  const graceSeconds = request.pod.spec.terminationGracePeriodSeconds ?? defaultGraceSeconds;
  const stopping = unlessGone(engine.stopContainer(old.id, graceSeconds));
  // A deletion does not wait for this grace period: it has its own.
  await Promise.race([stopping, sleep(2 ** 31 - 1, work.signal)]);
  work.signal.throwIfAborted();
  const ended = await engine.inspectContainer(old.id);
  const oldImage = await engine.inspectImage(ended.Image).catch(() => undefined);
  const { inspected } = await createOnce(engine, toReplacement(spec, { old, ended, oldImage, labels, image }));
  await unlessGone(engine.removeContainer(old.id));
  work.signal.throwIfAborted();
  await engine.startContainer(inspected.Id, priorities.start);
}
