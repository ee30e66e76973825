import type { Container, Pod } from '@interlink/protocol';
import type { Ending } from '../container-runtime.ts';
import type { ContainerKind } from '../facts/pod-facts.ts';

export type RestartPolicy = 'Always' | 'OnFailure' | 'Never';

/** One entry of a container's `restartPolicyRules`. */
interface RestartRule {
  readonly action?: string;
  readonly exitCodes?: { readonly operator?: string; readonly values?: ReadonlyArray<number> };
}

/**
 * Whether a container that ended so is run again. A container's own rules go before its own policy, and that before the pod's.
 * @see https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#container-restart-rules
 */
export function isRestarted(kind: ContainerKind, spec: Container, pod: Pod, ending: Ending): boolean {
  if (kind === 'ephemeral') return false;
  if (kind !== 'sidecar' && rulesOf(spec).some((rule) => matches(rule, ending))) return true;
  const policy = restartPolicyOf(kind, spec, pod);
  return policy === 'Always' || (policy === 'OnFailure' && ending.exitCode !== 0);
}

/** Of an init container that has ended well the work is done, also in a pod that says `Always`. */
export function restartPolicyOf(kind: ContainerKind, { restartPolicy }: Container, pod: Pod): RestartPolicy {
  if (kind === 'ephemeral') return 'Never';
  if (kind === 'sidecar') return 'Always';
  const own = policies.find((policy) => policy === restartPolicy);
  const policy = own ?? pod.spec.restartPolicy ?? 'Always';
  return kind === 'init' && policy === 'Always' ? 'OnFailure' : policy;
}

const policies: ReadonlyArray<RestartPolicy> = ['Always', 'OnFailure', 'Never'];

function matches({ action, exitCodes }: RestartRule, { exitCode }: Ending): boolean {
  if (action !== 'Restart' || exitCodes === undefined) return false;
  const isListed = (exitCodes.values ?? []).includes(exitCode);
  return exitCodes.operator === 'NotIn' ? !isListed : exitCodes.operator === 'In' && isListed;
}

/** The schema lets fields through that it does not name; what does not look like a rule is none. */
function rulesOf(spec: Container): RestartRule[] {
  const rules: unknown = 'restartPolicyRules' in spec ? spec.restartPolicyRules : undefined;
  return Array.isArray(rules) ? rules.filter((rule) => typeof rule === 'object' && rule !== null) : [];
}
