/** Where a backend says what its pool is like. */
const ourDomains = ['interlink.eu', 'vk.io'];
/** Never, whoever allows it: these labels are how Kubernetes itself tells nodes apart, and places pods that may do more than others. */
const forbiddenDomains = ['kubernetes.io', 'k8s.io', 'virtual-node.interlink'];
const name = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const value = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;
const domain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/**
 * Whether a backend may set this label on its node: it has a prefix that is one of the domains or below one, and Kubernetes takes
 * it (https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set).
 */
export function isAllowedLabel(key: string, text: string, domains: ReadonlyArray<string>): boolean {
  const [prefix = '', label = '', ...rest] = key.split('/');
  if (rest.length > 0 || prefix.length > 253 || !domain.test(prefix) || !name.test(label) || !value.test(text)) {
    return false;
  }
  return isBelow(prefix, [...ourDomains, ...domains]) && !isBelow(prefix, forbiddenDomains);
}

/** Whether a backend may taint its node so: with any key that Kubernetes takes and does not use itself. */
export function isAllowedTaint(key: string, text: string): boolean {
  const [last = '', prefix, ...rest] = key.split('/').reverse();
  if (rest.length > 0 || !name.test(last) || !value.test(text)) return false;
  return prefix === undefined || (prefix.length <= 253 && domain.test(prefix) && !isBelow(prefix, forbiddenDomains));
}

function isBelow(prefix: string, domains: ReadonlyArray<string>): boolean {
  return domains.some((each) => prefix === each || prefix.endsWith(`.${each}`));
}
