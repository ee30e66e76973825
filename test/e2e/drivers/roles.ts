import type { AuditEntry } from './audited-server.ts';

/** As RBAC has it. */
export interface PolicyRule {
  readonly apiGroups: ReadonlyArray<string>;
  readonly resources: ReadonlyArray<string>;
  readonly verbs: ReadonlyArray<string>;
}

/** What the rules allow, as `verb group/resource`. */
export function grantsOf(rules: ReadonlyArray<PolicyRule>): string[] {
  return rules.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => `${verb} ${group}/${resource}`))),
  );
}

/** What was asked for, in the same form. */
export function usesOf(requests: ReadonlyArray<AuditEntry>): Set<string> {
  return new Set(
    requests.flatMap(({ verb, objectRef }) => {
      if (objectRef === undefined) return [];
      const { apiGroup = '', resource, subresource } = objectRef;
      return [`${verb} ${apiGroup}/${resource}${subresource === undefined ? '' : `/${subresource}`}`];
    }),
  );
}

/** What was refused, for people. */
export function refusalsOf(requests: ReadonlyArray<AuditEntry>): string[] {
  return requests
    .filter(({ responseStatus }) => responseStatus?.code === 403)
    .map(({ verb, requestURI }) => `${verb} ${requestURI}`);
}

/**
 * What was refused, but for what a node was told of an object that it was granted right after. The node authorizer hears of a pod's
 * binding beside the node, and may hear of it after the node has asked for what the pod refers to; a kubelet asks again, too.
 * https://kubernetes.io/docs/reference/access-authn-authz/node/
 */
export function lastingRefusalsOf(requests: ReadonlyArray<AuditEntry>): string[] {
  const what = ({ verb, objectRef, requestURI }: AuditEntry) => `${verb} ${JSON.stringify(objectRef ?? requestURI)}`;
  const isEarly = ({ annotations }: AuditEntry) =>
    annotations?.['authorization.k8s.io/reason']?.includes('no relationship found between node') === true;
  const granted = (request: AuditEntry, at: number) =>
    requests.slice(at).some((later) => what(later) === what(request) && (later.responseStatus?.code ?? 500) < 300);
  return refusalsOf(requests.filter((request, at) => !(isEarly(request) && granted(request, at))));
}
