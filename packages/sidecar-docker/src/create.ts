import { InterLinkError, type Owner, type PodReport, type PodRequest, sleep } from '@interlink/sidecar-sdk';
import { type PlannedContainer, planContainers } from './container/container-options.ts';
import { toMounts } from './container/mounts.ts';
import { assertRunnable } from './container/refusal.ts';
import type { Engine } from './engine/engine.ts';
import { fieldEvents } from './fields/field-events.ts';
import type { PodLabels } from './identity/labels.ts';
import type { ImageSource } from './image/image-source.ts';
import { backOffMs } from './pods/back-off.ts';
import type { CreationContext } from './pods/creation-context.ts';
import { mountFailed } from './pods/pod-events.ts';
import type { PodObserver } from './pods/pod-observer.ts';
import type { PodWorks } from './pods/pod-works.ts';
import { prepareContainer } from './pods/prepare-container.ts';
import { toPodReport } from './report.ts';
import { ensureSandbox } from './sandbox/ensure-sandbox.ts';
import { planSandbox } from './sandbox/sandbox-plan.ts';
import type { SitePolicy } from './site/site-policy.ts';
import type { PodReader } from './status/pod-reader.ts';
import { toSnapshot } from './status/pod-snapshot.ts';
import { writeVolumes } from './volumes/write-volumes.ts';

export interface CreateOptions {
  readonly engine: Engine;
  readonly images: ImageSource;
  readonly reader: PodReader;
  readonly observer: PodObserver;
  readonly works: PodWorks;
  readonly root: string;
  readonly policy: SitePolicy;
}

/**
 * Creates the pod's sandbox: from then on the engine knows the pod. Volumes, images and containers follow behind; what is
 * there already (the request is sent again after this process was killed) is left as it is.
 * @returns the pod's first report
 * @throws InterLinkError `failed_precondition` for what can't be run here, `aborted` while the pod is being deleted
 */
export async function createPod(request: PodRequest, owner: Owner, options: CreateOptions): Promise<PodReport> {
  const { engine, reader, works, observer, root } = options;
  const labels = toPodLabels(request, owner);
  const planned = planContainers(request);
  assertRunnable(request.pod, options.policy);
  for (const { spec } of planned) toMounts(spec, request.pod.spec, { root, uid: labels.uid });
  const work = works.get(labels.uid);
  if (work.signal.aborted) {
    throw new InterLinkError('aborted', `Pod ${labels.namespace}/${labels.name} is still being deleted`);
  }
  const plan = await planSandbox(request.pod.spec, labels, { root, policy: options.policy });
  const sandbox = await ensureSandbox(engine, request.pod.spec, labels, plan);
  // A sandbox of this very moment has no containers yet.
  const snapshot = sandbox.isNew ? toSnapshot(labels, [sandbox.container]) : await reader.readPod(labels.uid);
  if (!work.isBeingCreated) {
    const missing = planned.filter(({ position }) => snapshot?.slots[position]?.container === undefined);
    const context = { ...options, request, labels, work, sandboxId: sandbox.container.id };
    work.areVolumesDue = missing.length > 0;
    work.begin(createContainers(missing, context));
  }
  if (sandbox.isNew) {
    const events = [...plan.events, ...fieldEvents(request.pod, options.policy)];
    for (const event of events) observer.tell(labels.uid, undefined, event);
  }
  observer.changed(labels.uid);
  return toPodReport(snapshot ?? toSnapshot(labels, [sandbox.container]), work);
}

/** Does not reject: what fails is shown in the pod's report, and tried again. */
async function createContainers(missing: ReadonlyArray<PlannedContainer>, context: CreationContext): Promise<void> {
  const { work, observer, labels } = context;
  if (missing.length > 0 && (await writeVolumesAtLast(context))) {
    await Promise.all(missing.map(async (planned) => await prepareContainer(planned, context)));
  }
  if (!work.signal.aborted) observer.changed(labels.uid);
}

/** False when the pod was to go before its volumes could be written. */
async function writeVolumesAtLast({ request, root, work, observer, labels }: CreationContext): Promise<boolean> {
  for (let failures = 1; !work.signal.aborted; failures += 1) {
    try {
      await writeVolumes(request, root);
      work.areVolumesDue = false;
      return true;
    } catch (error) {
      observer.tell(labels.uid, undefined, mountFailed(InterLinkError.from(error).message));
      await sleep(backOffMs(failures), work.signal);
    }
  }
  return false;
}

/** What the engine is to remember of the pod. */
export function toPodLabels({ pod }: PodRequest, owner: Owner): PodLabels {
  const { uid, namespace, name } = pod.metadata;
  const outlineOf = (kind: 'init' | 'container', containers: typeof pod.spec.containers): PodLabels['outline'] =>
    containers.map((container) => ({ name: container.name, kind, image: container.image ?? '' }));
  return {
    owner,
    uid,
    namespace,
    name,
    restartPolicy: pod.spec.restartPolicy ?? 'Always',
    generation: pod.metadata.generation ?? 0,
    outline: [...outlineOf('init', pod.spec.initContainers ?? []), ...outlineOf('container', pod.spec.containers)],
  };
}
