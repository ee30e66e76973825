import type { Pod } from '@interlink/kube';
import type { ContainerStatus, PodReport } from '@interlink/protocol';
import { containerStatuses, fromApiContainerStatus, withoutUnended } from './container-statuses.ts';

export interface EphemeralInput {
  readonly pod: Pod;
  readonly report: PodReport | undefined;
  /** Why they have not been started, by name. */
  readonly troubles: ReadonlyMap<string, { reason: string; message: string }> | undefined;
  readonly isFinal: boolean;
  /** RFC 3339. */
  readonly now: string;
}

/** One status per ephemeral container, in the order of the spec. What was reported once stays, whatever the backend forgets. */
export function ephemeralStatuses({ pod, report, troubles, isFinal, now }: EphemeralInput): ContainerStatus[] {
  const reported = new Map((report?.status.ephemeralContainerStatuses ?? []).map((status) => [status.name, status]));
  for (const before of pod.status?.ephemeralContainerStatuses ?? []) {
    const isOver = before.state?.terminated != null;
    if (isOver || (!reported.has(before.name) && before.state?.waiting == null)) {
      reported.set(before.name, fromApiContainerStatus(before));
    }
  }
  const statuses = (pod.spec?.ephemeralContainers ?? []).flatMap((declared) =>
    containerStatuses(
      [declared],
      [...reported.values()],
      troubles?.get(declared.name) ?? { reason: 'ContainerCreating' },
    ),
  );
  return isFinal ? withoutUnended(statuses, now) : statuses;
}
