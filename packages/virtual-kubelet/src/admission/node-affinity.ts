import type { Pod } from '@interlink/kube';

/** What a pod's node selector and affinity are held against. */
export interface SelectableNode {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: ReadonlyArray<string> | undefined;
}

/**
 * Whether the pod may be on this node: its `nodeSelector` and the required part of its node affinity, by the scheduler's rules
 * (https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/). A term without any requirement matches nothing.
 */
export function matchesNode({ spec }: Pod, node: SelectableNode): boolean {
  const isSelected = Object.entries(spec?.nodeSelector ?? {}).every(([key, value]) => node.labels[key] === value);
  if (!isSelected) return false;
  const required = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (required === undefined) return true;
  return required.nodeSelectorTerms.some(({ matchExpressions = [], matchFields = [] }) => {
    if (matchExpressions.length + matchFields.length === 0) return false;
    return (
      matchExpressions.every((requirement) => isMet(requirement, node.labels)) &&
      matchFields.every((requirement) => isMet(requirement, { 'metadata.name': node.name }))
    );
  });
}

function isMet({ key, operator, values = [] }: Requirement, labels: Readonly<Record<string, string>>): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return compare(value, values[0], (a, b) => a > b);
    case 'Lt':
      return compare(value, values[0], (a, b) => a < b);
    default:
      return false;
  }
}

/** Whole numbers on both sides, or it is not met. */
function compare(
  left: string | undefined,
  right: string | undefined,
  isMet: (a: bigint, b: bigint) => boolean,
): boolean {
  const whole = /^[+-]?\d{1,19}$/;
  if (left === undefined || right === undefined || !whole.test(left) || !whole.test(right)) return false;
  return isMet(BigInt(left.replace('+', '')), BigInt(right.replace('+', '')));
}
