/** What the fields of entries hold: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/. What is not listed is not read. */
type Kind = 'a text' | 'a boolean' | 'a mapping' | 'a list' | 'a list of texts' | 'a mapping of texts';

const text = 'a text';
const exec: Readonly<Record<string, Kind>> = {
  ...{ apiVersion: text, command: text, installHint: text, interactiveMode: text },
  ...{ args: 'a list of texts', env: 'a list', provideClusterInfo: 'a boolean' },
};

export const entryFields = {
  cluster: {
    ...{ server: text, 'certificate-authority': text, 'certificate-authority-data': text },
    ...{ 'tls-server-name': text, 'proxy-url': text, 'insecure-skip-tls-verify': 'a boolean' },
  },
  user: {
    ...{ token: text, tokenFile: text, username: text, password: text, as: text, 'as-uid': text },
    ...{ 'client-certificate': text, 'client-certificate-data': text, 'client-key': text, 'client-key-data': text },
    ...{
      'as-groups': 'a list of texts',
      'as-user-extra': 'a mapping',
      exec: 'a mapping',
      'auth-provider': 'a mapping',
    },
  },
  context: { cluster: text, user: text, namespace: text },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Kind>>>>;

/** What an entry's first wrong field is, and what it has to be; undefined when there is none. Never the value: it may be a secret. */
export function wrongField(
  entry: Readonly<Record<string, unknown>>,
  fields: Readonly<Record<string, Kind>>,
): string | undefined {
  for (const [field, kind] of Object.entries(fields))
    if (entry[field] != null && !isKind(entry[field], kind)) return `${field}, which has to be ${kind}`;
  const { exec: plugin, 'auth-provider': provider } = entry;
  const extra = Object.entries(entry['as-user-extra'] ?? {}).find(([, values]) => !isKind(values, 'a list of texts'));
  if (extra !== undefined) return `as-user-extra.${extra[0]}, which has to be a list of texts`;
  if (isMapping(plugin)) return prefixed('exec', wrongField(plugin, exec) ?? wrongVariable(plugin.env));
  if (isMapping(provider))
    return prefixed('auth-provider', wrongField(provider, { name: text, config: 'a mapping of texts' }));
  return undefined;
}

export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function prefixed(field: string, problem: string | undefined): string | undefined {
  return problem === undefined ? undefined : `${field}.${problem}`;
}

function wrongVariable(env: unknown): string | undefined {
  const isFine = (variable: unknown) => isMapping(variable) && [variable.name, variable.value].every(isText);
  return Array.isArray(env) && !env.every(isFine) ? 'env, whose variables have to have a name and a value' : undefined;
}

function isKind(value: unknown, kind: Kind): boolean {
  switch (kind) {
    case 'a text':
      return isText(value);
    case 'a boolean':
      return typeof value === 'boolean';
    case 'a mapping':
      return isMapping(value);
    case 'a mapping of texts':
      return isMapping(value) && Object.values(value).every(isText);
    case 'a list':
      return Array.isArray(value);
    case 'a list of texts':
      return Array.isArray(value) && value.every(isText);
  }
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}
