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
