import type { KnownPod, PodLookup } from './known-pod.ts';
import type { Refusal } from './refusal.ts';
import { refuseNotRun } from './refuse-not-run.ts';
import type { Route } from './routes.ts';

/** What a stream is opened to. */
export interface StreamTarget {
  readonly uid: string;
  readonly pod: string;
  /** Empty for port-forward. */
  readonly container: string;
  /** Whether the container's own process has a terminal. */
  readonly tty: boolean;
}

/** The pod and the container that a path names, by the kubelet's rules and in its words; a path may name the UID, too. */
export function findStreamTarget(
  { names }: Route,
  pods: PodLookup,
): { target: StreamTarget; refusal?: undefined } | { target?: undefined; refusal: Refusal } {
  const { namespace = '', pod: podName = '', uid: wantedUid, container } = names;
  const known = pods.find(namespace, podName);
  const uid = known?.pod.metadata?.uid;
  if (known === undefined || uid === undefined || (wantedUid !== undefined && wantedUid !== uid)) {
    return { refusal: { status: 404, text: 'pod does not exist' } };
  }
  const notRun = refuseNotRun(known);
  if (notRun !== undefined) return { refusal: notRun };
  const pod = `${podName}_${namespace}`;
  if (container === undefined) return { target: { uid, pod, container: '', tty: false } };
  const spec = containersOf(known).find(({ name }) => name === container);
  if (spec === undefined)
    return { refusal: { status: 404, text: `container not found (${JSON.stringify(container)})` } };
  return { target: { uid, pod, container, tty: spec.tty === true } };
}

function containersOf({ pod: { spec } }: KnownPod): Array<{ name: string; tty?: boolean | undefined }> {
  return [...(spec?.containers ?? []), ...(spec?.initContainers ?? []), ...(spec?.ephemeralContainers ?? [])];
}
