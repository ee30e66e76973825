/** `sidecar`: an init container that goes on beside the containers (https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/). */
export type ContainerKind = 'init' | 'sidecar' | 'container' | 'ephemeral';

export type RestartPolicy = 'Always' | 'OnFailure' | 'Never';

/** What a container says of its restarts, whoever's shape it has. */
export interface RestartSpec {
  readonly restartPolicy?: string | undefined;
  /** A list of {@link RestartRule}; no schema looks into it, and what does not look like a rule is none. */
  readonly restartPolicyRules?: unknown;
}

/** One entry of a container's `restartPolicyRules`. */
interface RestartRule {
  readonly action?: string;
  readonly exitCodes?: { readonly operator?: string; readonly values?: ReadonlyArray<number> };
}

const policies: ReadonlyArray<RestartPolicy> = ['Always', 'OnFailure', 'Never'];

export function initContainerKind({ restartPolicy }: RestartSpec): 'init' | 'sidecar' {
  return restartPolicy === 'Always' ? 'sidecar' : 'init';
}

/**
 * Whether a container that ended so is run again. A container's own rules go before its own policy, and that before the pod's.
 * @param podPolicy the `restartPolicy` of the pod's spec
 * @see https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#container-restart-rules
 */
export function isRestarted(
  kind: ContainerKind,
  spec: RestartSpec,
  podPolicy: string | undefined,
  exitCode: number,
): boolean {
  if (kind === 'ephemeral') return false;
  if (kind !== 'sidecar' && rulesOf(spec).some((rule) => matches(rule, exitCode))) return true;
  const policy = restartPolicyOf(kind, spec, podPolicy);
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
}

/** Of an init container that has ended well the work is done, also in a pod that says `Always`. */
export function restartPolicyOf(
  kind: ContainerKind,
  { restartPolicy }: RestartSpec,
  podPolicy: string | undefined,
): RestartPolicy {
  if (kind === 'ephemeral') return 'Never';
  if (kind === 'sidecar') return 'Always';
  const policy = toPolicy(restartPolicy) ?? toPolicy(podPolicy) ?? 'Always';
  return kind === 'init' && policy === 'Always' ? 'OnFailure' : policy;
}

function toPolicy(name: string | undefined): RestartPolicy | undefined {
  return policies.find((policy) => policy === name);
}

function matches({ action, exitCodes }: RestartRule, exitCode: number): boolean {
  if (action !== 'Restart' || exitCodes === undefined) return false;
  const isListed = (exitCodes.values ?? []).includes(exitCode);
  return exitCodes.operator === 'NotIn' ? !isListed : exitCodes.operator === 'In' && isListed;
}

function rulesOf({ restartPolicyRules: rules }: RestartSpec): RestartRule[] {
  return Array.isArray(rules) ? rules.filter((rule) => typeof rule === 'object' && rule !== null) : [];
}
