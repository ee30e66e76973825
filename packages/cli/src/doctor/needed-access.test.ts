import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { neededAccess } from './needed-access.ts';

const folder = (part: string) => fileURLToPath(new URL(`../../../../deploy/rbac/${part}/`, import.meta.url));

interface Role {
  readonly kind: string;
  readonly rules?: ReadonlyArray<Readonly<Record<'apiGroups' | 'resources' | 'verbs', string[]>>>;
}

/** `VERB RESOURCE.GROUP`, of all roles of a folder. */
function granted(part: string): string[] {
  const files = readdirSync(folder(part)).filter((name) => name !== 'kustomization.yaml');
  const roles = files.flatMap((name) =>
    parseAllDocuments(readFileSync(folder(part) + name, 'utf8')).map((document) => document.toJS() as Role),
  );
  const rules = roles.flatMap(({ rules = [] }) => rules);
  return rules.flatMap(({ apiGroups, resources, verbs }) =>
    apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}.${group}`))),
  );
}

test.each(['node', 'leader-election', 'kubeconfig', 'taints', 'trust-bundles'])(
  'neededAccess is what deploy/rbac/%s grants, and nothing else',
  (part) => {
    const rows = neededAccess.filter((row) => row.part === part);
    const needed = rows.flatMap(({ verbs, resource, group }) => verbs.map((verb) => `${verb} ${resource}.${group}`));
    expect(granted(part).length).toBeGreaterThan(0);
    expect(needed.sort()).toEqual(granted(part).sort());
  },
);
