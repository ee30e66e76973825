import type { ContainerState, Pod } from '@interlink/kube';
import type { KnownPod } from './known-pod.ts';
import type { Refusal } from './refusal.ts';

interface States {
  state?: ContainerState | undefined;
  lastState?: ContainerState | undefined;
}

/**
 * Whether a container has a log by now, by the kubelet's rules and in its words
 * (https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/kubelet_pods.go `validateContainerLogStatus`). What the
 * backend reports goes before what the Kubernetes API has.
 * @returns the refusal, or undefined when the backend can be asked
 */
export function refuseMissingLog(
  known: KnownPod,
  container: string,
  previous: boolean | undefined,
): Refusal | undefined {
  const podName = known.pod.metadata?.name ?? '';
  const subject = `container ${JSON.stringify(container)} in pod ${JSON.stringify(podName)}`;
  if (!hasContainer(known.pod, container)) {
    const text = `container ${JSON.stringify(container)} not found in pod ${JSON.stringify(podName)}`;
    return { status: 404, text };
  }
  const found = findStates(known, container);
  if (found === undefined) return badRequest(`${subject} is not available`);
  const { state = {}, lastState } = found;
  if (previous === true) {
    return lastState?.terminated === undefined ? badRequest(`previous terminated ${subject} not found`) : undefined;
  }
  if (state.running !== undefined || state.terminated !== undefined || lastState?.terminated !== undefined) {
    return undefined;
  }
  if (state.waiting === undefined) return badRequest(`${subject} is waiting to start - no logs yet`);
  return badRequest(`${subject} is waiting to start: ${describeWaiting(state.waiting.reason)}`);
}

function describeWaiting(reason: string | undefined): string {
  if (reason === 'ErrImagePull') return "image can't be pulled";
  if (reason === 'ImagePullBackOff') return 'trying and failing to pull image';
  return reason ?? '';
}

function hasContainer({ spec }: Pod, name: string): boolean {
  const all = [...(spec?.containers ?? []), ...(spec?.initContainers ?? []), ...(spec?.ephemeralContainers ?? [])];
  return all.some((container) => container.name === name);
}

function findStates({ pod, report }: KnownPod, name: string): States | undefined {
  const reported = [...(report?.status.containerStatuses ?? []), ...(report?.status.initContainerStatuses ?? [])];
  const published = [
    ...(pod.status?.containerStatuses ?? []),
    ...(pod.status?.initContainerStatuses ?? []),
    ...(pod.status?.ephemeralContainerStatuses ?? []),
  ];
  const withName = (status: { name: string }) => status.name === name;
  return reported.find(withName) ?? published.find(withName);
}

function badRequest(text: string): Refusal {
  return { status: 400, text };
}
