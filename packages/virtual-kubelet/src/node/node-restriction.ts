/** https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction */
const ownLabels = new Set([
  'kubernetes.io/hostname',
  'kubernetes.io/os',
  'kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/arch',
  'beta.kubernetes.io/instance-type',
  'node.kubernetes.io/instance-type',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
]);

/** Whether the admission plugin NodeRestriction lets a node give itself this label. */
export function mayLabelItself(key: string): boolean {
  const prefix = key.includes('/') ? key.slice(0, key.indexOf('/')) : '';
  if (!isBelow(prefix, 'kubernetes.io') && !isBelow(prefix, 'k8s.io')) return true;
  return ownLabels.has(key) || isBelow(prefix, 'kubelet.kubernetes.io') || isBelow(prefix, 'node.kubernetes.io');
}

function isBelow(prefix: string, domain: string): boolean {
  return prefix === domain || prefix.endsWith(`.${domain}`);
}
