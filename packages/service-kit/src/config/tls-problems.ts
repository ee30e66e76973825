import type { InterLinkConfig } from './load-interlink-config.ts';

type TlsConfig = Pick<
  InterLinkConfig,
  | 'TLS.Enabled'
  | 'TLS.CertFile'
  | 'TLS.KeyFile'
  | 'TLS.CACertFile'
  | 'InterlinkURL'
  | 'InterlinkAddress'
  | 'SidecarURL'
  | 'Sidecars'
>;

const files = ['TLS.CertFile', 'TLS.KeyFile', 'TLS.CACertFile'] as const;
const addresses = ['InterlinkURL', 'InterlinkAddress', 'SidecarURL'] as const;

/**
 * Where `TLS` and the addresses contradict each other: it is the addresses that say where TLS is spoken, and nobody is to believe
 * that a connection is encrypted which is not. `TLS.Enabled` left out goes by them.
 * @returns a line per problem
 */
export function tlsProblems(config: TlsConfig): string[] {
  const places: Array<[key: string, address: string | undefined]> = [
    ...addresses.map((key): [string, string | undefined] => [key, config[key]]),
    ...(config.Sidecars ?? []).map(({ URL }, index): [string, string] => [`Sidecars[${index}].URL`, URL]),
  ];
  const encrypted = places.filter(([, address]) => /^https:/i.test(address ?? ''));
  const enabled = config['TLS.Enabled'];
  if (enabled === false) {
    return encrypted.map(
      ([key, address]) => `TLS.Enabled is false and ${key} is ${address}: leave TLS.Enabled out, or http://`,
    );
  }
  const named = files.find((key) => config[key] !== undefined);
  const listenAddress = config.InterlinkAddress;
  if (encrypted.length === 0) {
    const asked = enabled === true ? 'TLS.Enabled is true' : `${named} is set`;
    return enabled === true || named !== undefined
      ? [`${asked} and no address is https://: ${addresses.join(', ')}`]
      : [];
  }
  // Behind a proxy that speaks TLS for it, nothing is to claim that InterLink does.
  if (enabled === true && listenAddress !== undefined && !/^(https|unix):/i.test(listenAddress)) {
    return [
      `TLS.Enabled is true and InterlinkAddress is ${listenAddress}: https:// is wanted, or TLS.Enabled left out where a proxy before InterLink speaks TLS`,
    ];
  }
  return [];
}
