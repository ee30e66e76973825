import { InterLinkError, type Owner, type PodLifecycle, type PodReport, type PodRequest } from '@interlink/sidecar-sdk';
import { assertRunnable } from './container/refusal.ts';
import type { Engine } from './engine/engine.ts';
import { fieldEvents } from './fields/field-events.ts';
import type { PodLabels } from './identity/labels.ts';
import { toLifecycleSpec } from './identity/lifecycle-spec.ts';
import type { PodWorks } from './pods/pod-works.ts';
import { ensureSandbox } from './sandbox/ensure-sandbox.ts';
import { planSandbox } from './sandbox/sandbox-plan.ts';
import type { SitePolicy } from './site/site-policy.ts';
import type { VolumeSite } from './volumes/volume-site.ts';

export interface CreateOptions {
  readonly engine: Engine;
  readonly lifecycle: PodLifecycle;
  readonly works: PodWorks;
  readonly volumes: VolumeSite;
  /** DataRootFolder. */
  readonly root: string;
  readonly policy: SitePolicy;
}

/**
 * Creates the pod's sandbox: from then on the engine knows the pod, and its lifecycle does the rest behind. What is there already (the
 * request is sent again after this process was killed) is left as it is.
 * @returns the pod's first report
 * @throws InterLinkError `failed_precondition` for what can't be run here, `aborted` while the pod is being deleted
 */
export async function createPod(request: PodRequest, owner: Owner, options: CreateOptions): Promise<PodReport> {
  const { engine, lifecycle, works, volumes, root, policy } = options;
  const labels = toPodLabels(request, owner);
  const { uid, namespace, name } = labels;
  assertRunnable(request.pod, policy);
  await volumes.assertMountable(request.pod);
  if (works.find(uid)?.isLeaving === true) {
    throw new InterLinkError('aborted', `Pod ${namespace}/${name} is still being deleted`);
  }
  const plan = await planSandbox(request.pod.spec, labels, { root, policy });
  const needsVolumes = policy.engine.isPodman;
  const sandbox = await ensureSandbox(engine, request.pod.spec, labels, { ...plan, needsVolumes });
  if (sandbox.isNew) {
    for (const event of [...plan.events, ...fieldEvents(request.pod, policy)]) lifecycle.tell(uid, undefined, event);
  }
  const work = works.get(uid);
  work.areVolumesDue = work.request === undefined;
  work.request ??= request;
  const report = await lifecycle.settle(uid);
  if (report !== undefined) return report;
  throw new InterLinkError('aborted', `The sandbox of pod ${namespace}/${name} was removed while it was created`);
}

/** What the engine is to remember of the pod. */
export function toPodLabels({ pod }: PodRequest, owner: Owner): PodLabels {
  const { uid, namespace, name, generation = 0 } = pod.metadata;
  return { owner, uid, namespace, name, generation, spec: toLifecycleSpec(pod.spec) };
}
