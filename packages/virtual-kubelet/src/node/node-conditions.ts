import type { NodeCondition } from '@interlink/kube';

/** What decides the conditions. */
export interface NodeHealth {
  /** The pod controller is at work. */
  readonly isReady: boolean;
  /** The backend is out of reach for longer than the administrator allows. */
  readonly isGivenUp?: boolean | undefined;
  /** Why the backend is out of reach; undefined when it is within reach. */
  readonly backendTrouble: string | undefined;
  /** Why the token for InterLink is not renewed, while the one at hand is valid; undefined: it is. */
  readonly tokenTrouble?: string | undefined;
  /** Why requests to InterLink fail, though its stream of pods stands; undefined: they don't. */
  readonly requestTrouble?: string | undefined;
}

/**
 * The node's conditions, Ready last. A backend out of reach leaves Ready as it is: its pods run on, and Kubernetes must not
 * evict them; NetworkUnavailable keeps new ones off meanwhile (it taints with NoSchedule only).
 * @param now RFC 3339
 */
export function nodeConditions(
  health: NodeHealth,
  current: ReadonlyArray<NodeCondition>,
  now: string,
): NodeCondition[] {
  const isReachable = health.backendTrouble === undefined;
  const wanted: ReadonlyArray<Pick<NodeCondition, 'type' | 'status' | 'reason' | 'message'>> = [
    {
      type: 'MemoryPressure',
      status: 'False',
      reason: 'KubeletHasSufficientMemory',
      message: 'kubelet has sufficient memory available',
    },
    {
      type: 'DiskPressure',
      status: 'False',
      reason: 'KubeletHasNoDiskPressure',
      message: 'kubelet has no disk pressure',
    },
    {
      type: 'PIDPressure',
      status: 'False',
      reason: 'KubeletHasSufficientPID',
      message: 'kubelet has sufficient PID available',
    },
    isReachable
      ? {
          type: 'NetworkUnavailable',
          status: 'False',
          reason: 'BackendReachable',
          message: 'the backend is within reach',
        }
      : {
          type: 'NetworkUnavailable',
          status: 'True',
          reason: 'BackendUnreachable',
          message: 'no new pods while the backend is out of reach; those that run go on',
        },
    isReachable
      ? {
          type: 'InterLinkConnectivity',
          status: 'True',
          ...reachable(health),
        }
      : {
          type: 'InterLinkConnectivity',
          status: 'False',
          reason: 'BackendUnreachable',
          message: health.backendTrouble ?? '',
        },
    health.isReady && health.isGivenUp !== true
      ? { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' }
      : {
          type: 'Ready',
          status: 'False',
          reason: 'KubeletNotReady',
          message: health.isReady
            ? 'the backend is out of reach for longer than the administrator allows (Policy.NotReadyAfter)'
            : 'the node has just started and takes no pods yet',
        },
  ];
  const before = new Map(current.map((condition) => [condition.type, condition]));
  const ours = wanted.map((condition) => {
    const previous = before.get(condition.type);
    const isSame = previous?.status === condition.status;
    return {
      ...condition,
      lastHeartbeatTime: now,
      lastTransitionTime: (isSame ? previous.lastTransitionTime : undefined) ?? now,
    };
  });
  const names = new Set(wanted.map(({ type }) => type));
  return [...current.filter(({ type }) => !names.has(type)), ...ours];
}

/** A stream that stands may be all that is left of the connection. */
function reachable({ tokenTrouble, requestTrouble }: NodeHealth): Pick<NodeCondition, 'reason' | 'message'> {
  if (tokenTrouble !== undefined)
    return { reason: 'TokenNotRenewed', message: `${tokenTrouble}; the present one is still valid` };
  if (requestTrouble !== undefined)
    return { reason: 'RequestsFail', message: `news of pods come in, but new requests fail: ${requestTrouble}` };
  return { reason: 'BackendReachable', message: 'the backend is within reach' };
}
