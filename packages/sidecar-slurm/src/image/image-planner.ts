import {
  findLogins,
  InterLinkError,
  type Login,
  type PullPolicy,
  type RegistryCredential,
  renderReference,
  renderRepository,
  toRepository,
} from '@interlink/sidecar-sdk';
import type { PodOptions } from '../request/pod-options.ts';
import type { SiteImages } from '../site/slurm-site.ts';
import { anybody, hashText, type ImageCache } from './image-cache.ts';
import { type ImageLocation, locateImage } from './locate-image.ts';
import type { PlannedImage } from './planned-image.ts';
import type { RegistryAccess } from './registry/ask-registry.ts';
import type { RegistryFailure } from './registry/registry-failure.ts';
import { type Resolution, resolveDigest } from './registry/resolve-digest.ts';

/** What is wanted of a container's image. */
export interface ImageWish {
  /** As the pod's author wrote it. */
  readonly image: string;
  readonly policy: PullPolicy;
  readonly credentials: ReadonlyArray<RegistryCredential>;
  readonly pod: Pick<PodOptions, 'imageRoot'>;
}

/** Decides on the login node what a job pulls: which digest, by which login, and whether the cache may serve it. */
export class ImagePlanner {
  readonly #cache: ImageCache;
  readonly #site: Omit<SiteImages, 'pulledBy'>;
  readonly #access: RegistryAccess;
  /** Whoever asks the same of a registry at the same time waits for the same answer. */
  readonly #asked = new Map<string, Promise<Resolution>>();

  constructor(cache: ImageCache, site: Omit<SiteImages, 'pulledBy'>, fetcher: typeof fetch = fetch) {
    this.#cache = cache;
    this.#site = site;
    this.#access = { insecure: new Set(site.insecureRegistries), fetch: fetcher };
  }

  /**
   * @throws InterLinkError `failed_precondition` whose `reason` is the kubelet's: InvalidImageName; ErrImagePull when the registry says
   * that there is no such image, or not for this pod
   */
  async plan(wish: ImageWish): Promise<PlannedImage> {
    const location = await locateImage(wish.image, this.#site, wish.pod);
    if (location.from === 'registry') return await this.#planFromRegistry(wish, location);
    const { policy } = wish;
    const common = { policy, isVerified: false, logins: [], accessKeys: [anybody], isInsecure: false, lookedFor: '' };
    if (location.from === 'path') {
      const { path } = location;
      return { ...common, uri: '', name: '', path, key: '', imageId: path, repository: '' };
    }
    const { uri } = location;
    return { ...common, uri, name: '', path: '', key: keyOfAddress(uri, policy), imageId: uri, repository: uri };
  }

  async #planFromRegistry(
    { image, policy, credentials }: ImageWish,
    { scheme, uri, reference, lookedFor }: ImageLocation & { from: 'registry' },
  ): Promise<PlannedImage> {
    const place = toRepository(reference.name);
    const repository = renderRepository(place);
    const name = `${repository}${reference.isDigest ? '@' : ':'}${reference.tag}`;
    const logins = findLogins(credentials, place);
    const accessKeys = await this.#accessKeysOf(logins);
    const isInsecure = this.#access.insecure.has(place.registry);
    const common = { name, path: '', policy, repository, isInsecure, lookedFor };
    const of = (digest: string) => ({
      ...common,
      uri: `${scheme}://${reference.name}@${digest}`,
      key: digest.replace(':', '-'),
      imageId: `${repository}@${digest}`,
    });
    const known = reference.isDigest
      ? reference.tag
      : policy === 'Always'
        ? undefined
        : await this.#cache.digestOf(name);
    const byKnown = known === undefined ? undefined : { ...of(known), isVerified: false, logins, accessKeys };
    const unknown = {
      ...common,
      uri,
      key: keyOfAddress(uri, policy),
      imageId: '',
      isVerified: false,
      logins,
      accessKeys,
    };
    if (policy === 'Never') return byKnown ?? unknown;
    const mayUseKnown = policy === 'IfNotPresent' && byKnown !== undefined;
    if (mayUseKnown && (await this.#cache.isOpenTo(byKnown.key, repository, accessKeys))) return byKnown;
    const resolution = await this.#resolve(reference, logins);
    if ('digest' in resolution) {
      const { digest, login } = resolution;
      if (!reference.isDigest) await this.#cache.noteDigest(name, digest);
      const shown = login === undefined ? [] : [login];
      return { ...of(digest), isVerified: true, logins: shown, accessKeys: await this.#accessKeysOf(shown) };
    }
    const named = `${JSON.stringify(image)}${lookedFor}`;
    refuseForGood(named, place.registry, resolution.failure, credentials.length > 0, logins.length > 0);
    return byKnown ?? unknown;
  }

  async #accessKeysOf(logins: ReadonlyArray<Login>): Promise<string[]> {
    if (logins.length === 0) return [anybody];
    return await Promise.all(logins.map(async (login) => await this.#cache.accessKeyOf(login)));
  }

  async #resolve(reference: Parameters<typeof resolveDigest>[0], logins: ReadonlyArray<Login>): Promise<Resolution> {
    const key = JSON.stringify([renderReference(reference), logins]);
    const running = this.#asked.get(key);
    if (running !== undefined) return await running;
    const asked = resolveDigest(reference, logins, this.#access).finally(() => this.#asked.delete(key));
    this.#asked.set(key, asked);
    return await asked;
  }
}

/** Of what has no digest to be known by. With the policy Always each pod has a copy of its own: nobody knows whether an older one is the same. */
function keyOfAddress(uri: string, policy: PullPolicy): string {
  return policy === 'Always' ? '' : `address-${hashText(uri)}`;
}

/** What the registry says clearly is true for the job, too. An answer that is no answer may be better on a compute node. */
function refuseForGood(
  named: string,
  registry: string,
  { kind, message }: RegistryFailure,
  hasCredentials: boolean,
  hasLogin: boolean,
): void {
  const refuse = (why: string) => {
    const text = `Failed to pull image ${named}: ${why}: ${message}`;
    throw new InterLinkError('failed_precondition', text, { reason: 'ErrImagePull' });
  };
  if (kind === 'not-found') refuse(`registry ${registry} has no such image; check its name and tag`);
  if (kind !== 'unauthorised') return;
  if (hasLogin) refuse(`registry ${registry} does not let the pod's imagePullSecrets have it`);
  const secrets = hasCredentials ? "none of the pod's imagePullSecrets is for it" : 'the pod has no imagePullSecrets';
  refuse(`registry ${registry} wants a login for it, if there is one, and ${secrets}`);
}
