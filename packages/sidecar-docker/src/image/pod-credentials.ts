import type { RegistryCredential } from '@interlink/sidecar-sdk';

type Credentials = ReadonlyArray<RegistryCredential>;

/**
 * What each pod's images may be pulled by, as its owner told last. In memory only: after a restart the owner tells again of
 * pods whose containers are still missing.
 */
export class PodCredentials {
  readonly #credentials = new Map<string, Credentials>();

  of(uid: string): Credentials {
    return this.#credentials.get(uid) ?? [];
  }

  /** Notes them for an order that brings them; when it fails, what was known before holds. @returns what the order gives */
  async takeFor<T>(uid: string, credentials: Credentials | undefined, order: () => Promise<T>): Promise<T> {
    const before = this.of(uid);
    this.set(uid, credentials);
    try {
      return await order();
    } catch (error) {
      this.set(uid, before);
      throw error;
    }
  }

  set(uid: string, credentials: Credentials = []): void {
    if (credentials.length === 0) this.#credentials.delete(uid);
    else this.#credentials.set(uid, credentials);
  }

  forget(uid: string): void {
    this.#credentials.delete(uid);
  }
}
