/**
 * Expands `$(NAME)` as the kubelet does, in one pass from left to right: `$(NAME)` becomes the variable's value, or stays as it is
 * when there is no such variable; `$$` becomes `$`; any other `$` stays. What a value brings in is not expanded again.
 * @see https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
 */
export function expandVariables(text: string, lookUp: (name: string) => string | undefined): string {
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (reference: string, name: string | undefined) =>
    name === undefined ? '$' : (lookUp(name) ?? reference),
  );
}
