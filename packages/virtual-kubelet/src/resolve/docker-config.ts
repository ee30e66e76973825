import type { RegistryCredential } from '@interlink/protocol';

/**
 * Reads what `docker login` writes: the whole file (`{"auths": {…}}`), or the older form that is its `auths` alone. Of each registry
 * `auth` goes before `username` and `password`, as for a kubelet, which knows no tokens of a login; Docker does, and they go before both.
 * Entries without any of them are left out: they let nobody in.
 * @returns undefined when the text is neither
 * @see https://kubernetes.io/docs/tasks/configure-pod-container/pull-image-private-registry/
 */
export function parseDockerConfig(text: string, form: 'whole' | 'auths'): RegistryCredential[] | undefined {
  const config = parseObject(text);
  const auths = form === 'auths' ? config : config?.auths;
  if (!isObject(auths)) return undefined;
  const credentials: RegistryCredential[] = [];
  for (const [registry, entry] of Object.entries(auths)) {
    if (registry === '' || !isObject(entry)) return undefined;
    const login = loginOf(entry);
    if (login === undefined) return undefined;
    if (login !== 'none') credentials.push({ registry, ...login });
  }
  return credentials;
}

/** Undefined: what is there can't be read. */
function loginOf(entry: Record<string, unknown>): Omit<RegistryCredential, 'registry'> | 'none' | undefined {
  const { auth = '', username = '', password = '', identitytoken = '' } = entry;
  if (![auth, username, password, identitytoken].every((value) => typeof value === 'string')) return undefined;
  if (identitytoken !== '') return { identityToken: String(identitytoken) };
  if (auth !== '') return splitLogin(String(auth));
  return username === '' ? 'none' : { username: String(username), password: String(password) };
}

/** `auth` is base64 of `name:password`; Docker fills it up with NUL. */
function splitLogin(auth: string): { username: string; password: string } | undefined {
  const text = Buffer.from(auth, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon === -1) return undefined;
  return { username: text.slice(0, colon), password: text.slice(colon + 1).replace(/\0+$/, '') };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
