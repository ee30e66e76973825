import type { Pod, Secret } from '@interlink/kube';
import type { RegistryCredential } from '@interlink/protocol';
import { parseDockerConfig } from './docker-config.ts';
import { type PodObjects, quote, warning } from './pod-objects.ts';
import { ResolveError, type ResolveNotice, Unresolvable } from './resolve-error.ts';

export interface ResolvedCredentials {
  readonly credentials: RegistryCredential[];
  /** What the kubelet tells of Secrets that are missing, and what is wrong with others. */
  readonly notices: ResolveNotice[];
}

const reason = 'FailedToRetrieveImagePullSecret';

/**
 * What the pod's images may be pulled by: its `imagePullSecrets`, among which are those of its service account. A Secret that is
 * missing or no such Secret keeps no pod back, for its images may be public; it is told of.
 * @throws ResolveError that is passing when one can't be read: to go on without it would fail the pod's pulls
 */
export async function resolveRegistryCredentials(pod: Pod, objects: PodObjects): Promise<ResolvedCredentials> {
  const credentials: RegistryCredential[] = [];
  const notices: ResolveNotice[] = [];
  const missing: string[] = [];
  for (const { name = '' } of pod.spec?.imagePullSecrets ?? []) {
    // The API takes an empty name, and the kubelet passes over it.
    if (name === '') continue;
    const secret = await read(name, objects);
    if (secret === undefined) {
      missing.push(name);
      continue;
    }
    const found = credentialsOf(secret);
    if (typeof found === 'string')
      notices.push(warning(reason, `Cannot use image pull secret ${quote(name)}: ${found}`));
    else credentials.push(...found);
  }
  // The kubelet's words, and one event for all of them.
  if (missing.length > 0) {
    const names = missing.join(', ');
    const message = `Unable to retrieve some image pull secrets (${names}); attempting to pull the image may not succeed.`;
    notices.push(warning(reason, message));
  }
  return { credentials, notices };
}

async function read(name: string, objects: PodObjects): Promise<Secret | undefined> {
  try {
    return await objects.find('Secret', { name, optional: true });
  } catch (error) {
    if (!(error instanceof Unresolvable)) throw error;
    const { message, isPassing } = error;
    const notices = [warning(reason, `Cannot read image pull secret ${quote(name)}: ${message}`)];
    throw new ResolveError(message, { reason: 'ContainerCreating', notices, isPassing });
  }
}

/** A text says what is wrong, and nothing of what the Secret holds. */
function credentialsOf({ type = 'Opaque', data = {} }: Secret): RegistryCredential[] | string {
  const kind = kinds[type];
  if (kind === undefined) return `its type is ${type}: ${Object.keys(kinds).join(' or ')} is wanted`;
  const value = data[kind.key];
  if (value === undefined) return `it has no key ${kind.key}`;
  const text = Buffer.from(value, 'base64').toString('utf8');
  return parseDockerConfig(text, kind.form) ?? `its ${kind.key} is not what \`docker login\` writes`;
}

const kinds: Readonly<Record<string, { readonly key: string; readonly form: 'whole' | 'auths' }>> = {
  'kubernetes.io/dockerconfigjson': { key: '.dockerconfigjson', form: 'whole' },
  'kubernetes.io/dockercfg': { key: '.dockercfg', form: 'auths' },
};
