import type { ContainerState, Pod } from '@interlink/kube';

/** A pod's status in one line, for the messages of tests that waited in vain. */
export function describeStatus({ metadata, status }: Pod): string {
  const containers = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const words = containers.map(({ name, state }) => `${name} ${describeState(state)}`);
  const deleted = metadata?.deletionTimestamp === undefined ? [] : ['being deleted'];
  return [status?.phase ?? 'no phase', ...deleted, ...words].join(', ');
}

function describeState(state: ContainerState | undefined): string {
  if (state?.waiting) return `waiting ${state.waiting.reason}: ${state.waiting.message ?? ''}`;
  if (state?.terminated) return `terminated ${state.terminated.exitCode} ${state.terminated.reason ?? ''}`;
  return state?.running ? 'running' : 'unknown';
}
