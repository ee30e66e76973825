/**
 * Whether a container may have a variable of this name: printable ASCII without `=` (Kubernetes'
 * RelaxedEnvironmentVariableValidation, the rule since 1.34).
 */
export function isEnvName(name: string): boolean {
  return /^[ -<>-~]+$/.test(name);
}
