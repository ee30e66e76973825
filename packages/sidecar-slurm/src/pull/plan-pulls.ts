import type { JobPlan } from '../script/job-plan.ts';

/** An image that has to be there before the pod gets its job. */
export interface PlannedPull {
  readonly container: string;
  /** As the pod's author wrote it. */
  readonly image: string;
  /** Its name in the cache; empty: it is pulled for this pod alone. */
  readonly key: string;
}

/** What the sidecar pulls for a pod, in the containers' order: nothing where jobs do. An image that is a path is there, or is not. */
export function planPulls({ runtime, containers, imagesPulledBy }: JobPlan): PlannedPull[] {
  if (imagesPulledBy === 'job' || !('containers' in runtime)) return [];
  return containers.flatMap(({ name, image }) => {
    const planned = runtime.containers[name]?.image;
    return planned === undefined || planned.path !== '' ? [] : [{ container: name, image, key: planned.key }];
  });
}
