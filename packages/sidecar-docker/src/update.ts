import {
  type EphemeralContainer,
  InterLinkError,
  type Owner,
  ownerKey,
  type PodReport,
  type PodUpdate,
} from '@interlink/sidecar-sdk';
import type { Engine } from './engine/engine.ts';
import type { ImageSource } from './image/image-source.ts';
import type { CreationContext } from './pods/creation-context.ts';
import { failed } from './pods/pod-events.ts';
import type { PodObserver } from './pods/pod-observer.ts';
import type { PodWorks } from './pods/pod-works.ts';
import { prepareContainer } from './pods/prepare-container.ts';
import { replaceContainer } from './pods/replace-container.ts';
import { resizeContainers } from './pods/resize-containers.ts';
import { toPodReport } from './report.ts';
import type { SitePolicy } from './site/site-policy.ts';
import type { PodReader } from './status/pod-reader.ts';
import { isLeaving, type PodSnapshot } from './status/pod-snapshot.ts';
import { refuseDebugger } from './update/refuse-debugger.ts';

export interface UpdateOptions {
  readonly engine: Engine;
  readonly images: ImageSource;
  readonly reader: PodReader;
  readonly observer: PodObserver;
  readonly works: PodWorks;
  readonly root: string;
  readonly policy: SitePolicy;
}

/**
 * Acts on a changed spec: takes what is new, and does it behind the answer. The engine shows what was done already, so that the same
 * update, sent again after this process was killed, does the rest.
 * @throws InterLinkError `not_found`, `aborted` while the pod is being deleted
 */
export async function updatePod({ pod }: PodUpdate, owner: Owner, options: UpdateOptions): Promise<PodReport> {
  const { reader, works, observer } = options;
  const { uid, namespace, name, generation } = pod.metadata;
  const snapshot = await reader.readPod(uid);
  const sandbox = snapshot?.sandbox;
  if (snapshot === undefined || sandbox === undefined || ownerKey(snapshot.pod.owner) !== ownerKey(owner)) {
    throw new InterLinkError('not_found', `No pod ${namespace}/${name} (${uid}) here`);
  }
  const work = works.get(uid);
  if (work.signal.aborted || isLeaving(snapshot)) {
    throw new InterLinkError('aborted', `Pod ${namespace}/${name} is being deleted`);
  }
  const request = { pod, volumes: [] };
  const context = { ...options, request, labels: snapshot.pod, work, sandboxId: sandbox.id };
  await startDebuggers(snapshot, context);
  changeImages(snapshot, context);
  await resizeContainers(snapshot, context);
  work.generation = generation;
  observer.changed(uid);
  return toPodReport((await reader.readPod(uid)) ?? snapshot, work);
}

async function startDebuggers(snapshot: PodSnapshot, context: CreationContext & UpdateOptions): Promise<void> {
  const { work, request, observer, labels } = context;
  for (const [position, spec] of (request.pod.spec.ephemeralContainers ?? []).entries()) {
    const isKnown = snapshot.slots.some(({ entry }) => entry.name === spec.name) || work.debuggers.has(spec.name);
    // Without an environment it is one that its owner takes for known: it comes again when our report lacks it.
    if (isKnown || spec.env === undefined) continue;
    work.debuggers.set(spec.name, spec.image ?? '');
    const refusal = await refuseDebugger(spec, snapshot, context);
    if (refusal === undefined) {
      const target = targetOf(spec, snapshot);
      const planned = {
        spec,
        kind: 'ephemeral' as const,
        position,
        ...(target === undefined ? {} : { pidOf: target }),
      };
      work.inTurn(spec.name, async () => await prepareContainer(planned, context));
    } else {
      work.problems.set(spec.name, { reason: 'CreateContainerError', message: refusal });
      observer.tell(labels.uid, spec.name, failed(refusal));
    }
  }
}

/** The container whose processes it shall see. */
function targetOf({ targetContainerName }: EphemeralContainer, { slots }: PodSnapshot): string | undefined {
  return slots.find(({ entry }) => entry.name === targetContainerName)?.container?.id;
}

function changeImages({ slots }: PodSnapshot, context: CreationContext): void {
  const { work, request } = context;
  for (const spec of request.pod.spec.containers) {
    const slot = slots.find(({ entry }) => entry.kind === 'container' && entry.name === spec.name);
    if (slot === undefined || spec.image === undefined) continue;
    const current = work.images.get(spec.name) ?? slot.entry.image;
    if (spec.image === current) continue;
    work.images.set(spec.name, spec.image);
    // One that is still to be created is created with it.
    if (slot.container === undefined) work.hurry();
    else work.inTurn(spec.name, async () => await replaceContainer(spec, context));
  }
}
