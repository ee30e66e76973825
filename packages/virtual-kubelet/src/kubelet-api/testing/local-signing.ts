import { CertificateAuthority } from '../../../../../test/testbed/certificate-authority.ts';
import type { CertificateSigning, Decision } from '../certificate-signing.ts';

/** The certificates API in memory: requests wait until the test decides. */
export class LocalSigning implements CertificateSigning {
  readonly ca: CertificateAuthority;
  /** By name, in the order in which they came. */
  readonly requests = new Map<string, string>();
  /** Thrown by each `submit`. */
  refuse: Error | undefined;
  readonly #decisions = new Map<string, PromiseWithResolvers<Decision>>();

  private constructor(ca: CertificateAuthority) {
    this.ca = ca;
  }

  static async create(): Promise<LocalSigning> {
    return new LocalSigning(await CertificateAuthority.create());
  }

  async submit(request: string): Promise<string> {
    if (this.refuse !== undefined) throw this.refuse;
    const known = [...this.requests].find(([, text]) => text === request)?.[0];
    const name = known ?? `request-${this.requests.size + 1}`;
    this.requests.set(name, request);
    return name;
  }

  async decision(name: string, signal: AbortSignal): Promise<Decision> {
    signal.throwIfAborted();
    const leaving = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    return await Promise.race([this.#decisionOf(name).promise, leaving]);
  }

  /** Signs, for this time. */
  async approve(name: string, time: { notBefore: Date; notAfter: Date }): Promise<void> {
    const certificate = await this.ca.sign(this.requests.get(name) ?? '', time);
    this.decide(name, { kind: 'issued', certificate });
  }

  decide(name: string, decision: Decision): void {
    this.#decisionOf(name).resolve(decision);
  }

  #decisionOf(name: string): PromiseWithResolvers<Decision> {
    const decision = this.#decisions.get(name) ?? Promise.withResolvers<Decision>();
    this.#decisions.set(name, decision);
    return decision;
  }
}
