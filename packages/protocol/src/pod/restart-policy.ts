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
  if (restartRulesOf(kind, spec).some((rule) => matches(rule, exitCode))) return true;
  const policy = restartPolicyOf(kind, spec, podPolicy);
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0);
}

/** Exit codes that are followed by a restart whatever the policy says: those `In` the list, or all that are `NotIn` it. */
export interface ExitCodeRule {
  readonly operator: 'In' | 'NotIn';
  readonly exitCodes: ReadonlyArray<number>;
}

/** The container's own rules as far as they restart it. */
export function restartRulesOf(kind: ContainerKind, spec: RestartSpec): ExitCodeRule[] {
  if (kind === 'ephemeral' || kind === 'sidecar') return [];
  return rulesOf(spec).flatMap(({ action, exitCodes }) => {
    const operator = exitCodes?.operator;
    if (action !== 'Restart' || (operator !== 'In' && operator !== 'NotIn')) return [];
    return [{ operator, exitCodes: exitCodes?.values ?? [] }];
  });
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

function matches({ operator, exitCodes }: ExitCodeRule, exitCode: number): boolean {
  return exitCodes.includes(exitCode) === (operator === 'In');
}

function rulesOf({ restartPolicyRules: rules }: RestartSpec): RestartRule[] {
  return Array.isArray(rules) ? rules.filter((rule) => typeof rule === 'object' && rule !== null) : [];
}
