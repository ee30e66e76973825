import {
  InterLinkError,
  type Owner,
  ownerKey,
  type PodLifecycle,
  type PodReport,
  type PodUpdate,
} from '@interlink/sidecar-sdk';
import type { PodWork } from './pods/pod-work.ts';
import type { PodWorks } from './pods/pod-works.ts';
import { type ResizeContext, resizeContainers } from './pods/resize-containers.ts';
import type { PodReader } from './status/pod-reader.ts';
import { isLeaving, type PodSnapshot } from './status/pod-snapshot.ts';
import { writeDeadline } from './volumes/deadline-note.ts';

export interface UpdateOptions {
  readonly engine: ResizeContext['engine'];
  readonly reader: Pick<PodReader, 'readPod'>;
  readonly works: PodWorks;
  readonly lifecycle: Pick<PodLifecycle, 'memoryOf' | 'nudge' | 'settle'>;
  /** DataRootFolder. */
  readonly root: string;
}

/**
 * Acts on a changed spec: takes what is new, and does it behind the answer. The engine shows what was done already, so that the same
 * update, sent again after this process was killed, does the rest.
 * @throws InterLinkError `not_found`, `aborted` while the pod is being deleted
 */
export async function updatePod(update: PodUpdate, owner: Owner, options: UpdateOptions): Promise<PodReport> {
  const { pod } = update;
  const { reader, works, lifecycle, engine, root } = options;
  const { uid, namespace, name, generation } = pod.metadata;
  const snapshot = await reader.readPod(uid);
  if (snapshot?.sandbox === undefined || ownerKey(snapshot.pod.owner) !== ownerKey(owner)) {
    throw new InterLinkError('not_found', `No pod ${namespace}/${name} (${uid}) here`);
  }
  const work = works.get(uid);
  if (work.isLeaving || isLeaving(snapshot)) {
    throw new InterLinkError('aborted', `Pod ${namespace}/${name} is being deleted`);
  }
  takeDebuggers(update, snapshot, work);
  // An init container that has ended stays as it was: its image is for an attempt that is still to be made.
  for (const { name: container, image } of [...(pod.spec.initContainers ?? []), ...pod.spec.containers])
    if (image !== undefined) work.images.set(container, image);
  work.updated = { pod, volumes: [] };
  await takeDeadline(update, snapshot, { work, root });
  await resizeContainers(snapshot, { engine, work, pod, changed: () => lifecycle.nudge(uid) });
  work.generation = generation;
  lifecycle.memoryOf(uid).hurry();
  const report = await lifecycle.settle(uid);
  if (report !== undefined) return report;
  throw new InterLinkError('not_found', `Pod ${namespace}/${name} (${uid}) was removed meanwhile`);
}

/**
 * Nobody may lengthen a deadline in Kubernetes: a longer one is the whole that a create was told what was left of. A shorter one is noted for
 * whoever comes after this process, unless there is no room: its owner tells it again.
 */
async function takeDeadline(
  { pod }: PodUpdate,
  snapshot: PodSnapshot,
  { work, root }: { readonly work: PodWork; readonly root: string },
): Promise<void> {
  const { activeDeadlineSeconds: seconds } = pod.spec;
  const before = work.deadlineSeconds ?? snapshot.pod.spec.activeDeadlineSeconds;
  if (seconds === undefined || (before !== undefined && seconds >= before)) return;
  await writeDeadline(root, pod.metadata.uid, seconds).catch((error: unknown) => {
    if (InterLinkError.from(error).code !== 'resource_exhausted') throw error;
  });
  work.deadlineSeconds = seconds;
}

function takeDebuggers({ pod }: PodUpdate, { containers }: PodSnapshot, work: PodWork): void {
  for (const spec of pod.spec.ephemeralContainers ?? []) {
    const isKnown = work.debuggers.has(spec.name) || containers.some(({ labels }) => labels.container === spec.name);
    // Without an environment it is one that its owner takes for known: it comes again when our report lacks it.
    if (!isKnown && spec.env !== undefined) work.debuggers.set(spec.name, spec);
  }
}
