import { createHash } from 'node:crypto';
import { type ImageReference, type Login, toRepository } from '@interlink/sidecar-sdk';
import { askRegistry, type RegistryAccess } from './ask-registry.ts';
import type { RegistryFailure } from './registry-failure.ts';

/** What a registry said of an image. */
export type Resolution =
  | {
      /** `sha256:…` of the image's manifest, or of the list of manifests for several kinds of machines. */
      readonly digest: string;
      /** What it was shown; undefined: it gives the image to anybody. */
      readonly login: Login | undefined;
    }
  | { readonly failure: RegistryFailure };

const manifestTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/**
 * The digest of an image by its registry, which thereby says, too, that whoever has one of the logins may have the image. Each login is
 * tried, the most specific first; without any, as anybody. Never throws.
 */
export async function resolveDigest(
  reference: ImageReference,
  logins: ReadonlyArray<Login>,
  access: RegistryAccess,
): Promise<Resolution> {
  let failure: RegistryFailure = { kind: 'unreachable', message: 'nothing was asked' };
  let isFirst = true;
  for (const login of logins.length === 0 ? [undefined] : logins) {
    const found = await resolveAs(reference, login, access);
    if ('digest' in found) return found;
    // What one login is told beyond "no" says more than the "no" of the others.
    if (isFirst || failure.kind === 'unauthorised') failure = found.failure;
    if (found.failure.kind === 'unreachable') break;
    isFirst = false;
  }
  return { failure };
}

async function resolveAs(
  reference: ImageReference,
  login: Login | undefined,
  access: RegistryAccess,
): Promise<Resolution> {
  const { registry, path } = toRepository(reference.name);
  const question = { registry, repository: path, path: `manifests/${reference.tag}`, accept: manifestTypes, login };
  const head = await askRegistry({ ...question, method: 'HEAD' }, access);
  if ('failure' in head) return head;
  const named = head.response.headers.get('docker-content-digest');
  if (named !== null && isDigest(named)) return agreed(reference, named, login);
  const whole = await askRegistry({ ...question, method: 'GET' }, access);
  if ('failure' in whole) return whole;
  const digest = await hashOf(whole.response).catch(() => undefined);
  if (digest !== undefined) return agreed(reference, digest, login);
  return { failure: { kind: 'unreachable', message: 'the manifest did not arrive whole, or is too long' } };
}

function agreed(reference: ImageReference, digest: string, login: Login | undefined): Resolution {
  if (!reference.isDigest || reference.tag === digest) return { digest, login };
  const message = `the registry gives ${digest} where ${reference.tag} is wanted`;
  return { failure: { kind: 'not-found', message } };
}

function isDigest(text: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(text);
}

/** As long as registries let a manifest be: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-manifests */
const maxManifestBytes = 4_194_304;

/** @throws what reading the body throws, and when it has no end */
async function hashOf(response: Response): Promise<string> {
  const hash = createHash('sha256');
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength;
    if (length > maxManifestBytes) throw new RangeError('the manifest is too long');
    hash.update(chunk);
  }
  return `sha256:${hash.digest('hex')}`;
}
