/** What a container is called at the engine. */
export interface ContainerIdentity {
  /** Undefined: the pod's sandbox. */
  readonly container: string | undefined;
  readonly pod: string;
  readonly namespace: string;
  readonly uid: string;
  /** Counts from 0. */
  readonly attempt: number;
}

/**
 * The kubelet's own scheme of old, which `docker ps` users and log collectors know. The engine gives a name to one container
 * only: that makes each create happen once, however often it is sent.
 */
export function renderContainerName({ container, pod, namespace, uid, attempt }: ContainerIdentity): string {
  return `k8s_${container ?? 'POD'}_${pod}_${namespace}_${uid}_${attempt}`;
}
