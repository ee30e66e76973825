import type { SecureContextOptions } from 'node:tls';
import type { ClientCa } from './client-ca.ts';
import type { KeyPair } from './self-signed-certificate.ts';
import type { ServingCertificate } from './serving-certificate.ts';

/** Where the certificates come from. */
export interface TrustSources {
  certificate: Pick<ServingCertificate, 'current'>;
  clientCa: ClientCa;
}

/** The certificates of a moment: what the port shows, and whom it verifies clients by (nobody when undefined). */
export interface Trust {
  pair: KeyPair;
  ca: string | undefined;
}

export async function currentTrust({ certificate, clientCa }: TrustSources): Promise<Trust> {
  const [pair, ca] = await Promise.all([certificate.current(), clientCa.current()]);
  return { pair, ca };
}

export function toTlsOptions({ pair, ca }: Trust): SecureContextOptions {
  // No CA must mean an empty list: left out, it would mean every public CA there is.
  return { cert: pair.cert, key: pair.key, ca: ca === undefined ? [] : [ca], minVersion: 'TLSv1.2' };
}

/** Looks at the sources every so often, one look after the other, until it is stopped; does not keep the process alive. */
export function followTrust(sources: TrustSources, intervalMs: number, use: (trust: Trust) => void): { stop(): void } {
  const wait = () => setTimeout(look, intervalMs).unref();
  let stopped = false;
  let timer = wait();
  async function look(): Promise<void> {
    const trust = await currentTrust(sources);
    if (stopped) return;
    use(trust);
    timer = wait();
  }
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
