import type { RegistryCredential } from '@interlink/sidecar-sdk';

/**
 * What each pod's images may be pulled by, as its owner told last. In memory only: after a restart the owner tells again of
 * pods whose containers are still missing.
 */
export class PodCredentials {
  readonly #credentials = new Map<string, ReadonlyArray<RegistryCredential>>();

  of(uid: string): ReadonlyArray<RegistryCredential> {
    return this.#credentials.get(uid) ?? [];
  }

  set(uid: string, credentials: ReadonlyArray<RegistryCredential> = []): void {
    if (credentials.length === 0) this.#credentials.delete(uid);
    else this.#credentials.set(uid, credentials);
  }

  forget(uid: string): void {
    this.#credentials.delete(uid);
  }
}
