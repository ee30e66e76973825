/** Kubernetes' rule for names of namespaces. */
const namespaceName = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Reads `Namespaces`: a list with at least one name; what occurs twice counts once. @param problems takes what is wrong */
export function parseNamespaces(value: unknown, problems: string[]): string[] {
  const names = Array.isArray(value)
    ? value.filter((name) => typeof name === 'string' && namespaceName.test(name))
    : [];
  if (!Array.isArray(value) || value.length === 0 || names.length < value.length) {
    problems.push(`Namespaces is ${JSON.stringify(value)}: a list of names of namespaces is wanted`);
  }
  return [...new Set<string>(names)];
}
