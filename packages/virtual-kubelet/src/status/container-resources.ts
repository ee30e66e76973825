import {
  type ContainerStatus as ApiContainerStatus,
  type Container,
  type Pod,
  quantityToMillis,
} from '@interlink/kube';
import { type ContainerStatus, initContainerKind } from '@interlink/protocol';

/**
 * A container's status with the resources that are in force: what the backend reports; else those of the spec, if it acts on that
 * spec; else those that the API was told when the container began. That makes the status the memory of how it was.
 */
export function withResources(
  status: ContainerStatus,
  spec: Pick<Container, 'resources'> | undefined,
  current: { status: ApiContainerStatus | undefined; isSpecInForce: boolean },
): ContainerStatus {
  const isRemembered = current.status !== undefined && hasBegun(current.status) && !current.isSpecInForce;
  const { limits, requests } = status.resources ?? (isRemembered ? current.status?.resources : spec?.resources) ?? {};
  if (isEmpty(limits) && isEmpty(requests)) return status;
  return {
    ...status,
    resources: { ...(isEmpty(limits) ? {} : { limits }), ...(isEmpty(requests) ? {} : { requests }) },
    ...(isEmpty(requests) ? {} : { allocatedResources: requests }),
    ...(status.allocatedResources === undefined ? {} : { allocatedResources: status.allocatedResources }),
  };
}

/**
 * Names of containers and native sidecars that have begun with other resources than the spec now asks for. Those of other init containers
 * never change.
 */
export function wantedResizes(
  { spec }: Pod,
  statuses: ReadonlyArray<Pick<ApiContainerStatus, 'name' | 'state' | 'lastState' | 'resources'>>,
): string[] {
  const sidecars = (spec?.initContainers ?? []).filter((container) => initContainerKind(container) === 'sidecar');
  return [...sidecars, ...(spec?.containers ?? [])].flatMap(({ name, resources }) => {
    const status = statuses.find((each) => each.name === name);
    const isOther = status !== undefined && renderResources(resources) !== renderResources(status.resources);
    return isOther && hasBegun(status) ? [name] : [];
  });
}

/** Limits and requests of cpu and memory, those that can be changed in place, however they are written. */
export function renderResources(resources: Container['resources']): string {
  const amounts = (list: Record<string, string> | undefined) =>
    ['cpu', 'memory'].map((name) => (list?.[name] === undefined ? '' : quantityToMillis(list[name])));
  return JSON.stringify([amounts(resources?.limits), amounts(resources?.requests)]);
}

function hasBegun({ state, lastState }: Pick<ApiContainerStatus, 'state' | 'lastState'>): boolean {
  return state?.running != null || state?.terminated != null || lastState?.terminated != null;
}

function isEmpty(list: Record<string, string> | undefined): list is undefined {
  return list === undefined || Object.keys(list).length === 0;
}
