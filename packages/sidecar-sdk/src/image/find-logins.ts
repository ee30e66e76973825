import type { RegistryCredential } from '@interlink/protocol';
import { type Repository, renderRepository, toRegistry } from './reference.ts';

/** What is shown to a registry: a credential without where it fits. */
export type Login = Omit<RegistryCredential, 'registry'>;

/**
 * The credentials that fit an image, the most specific first, each once: those of the registry, whose host may hold globs, and of the
 * beginning of the image's path. All names of Docker Hub fit its images.
 * @see https://kubernetes.io/docs/concepts/containers/images/#config-json
 */
export function findLogins(credentials: ReadonlyArray<RegistryCredential>, repository: Repository): Login[] {
  const fitting = credentials
    .map(({ registry, ...login }) => ({ login, place: parsePlace(registry) }))
    .filter(({ place }) => place !== undefined && fits(place, repository))
    .sort((one, other) => specificity(other.place) - specificity(one.place));
  const seen = new Set<string>();
  return fitting
    .map(({ login }) => login)
    .filter((login) => {
      const key = JSON.stringify([login.username, login.password, login.identityToken]);
      return !seen.has(key) && seen.add(key);
    });
}

interface Place {
  readonly host: string;
  readonly port: string;
  /** Without a slash in front; empty: any. */
  readonly path: string;
}

/** Reads `host`, `host:port`, `https://host/v1/`, `host/path`; undefined when there is no host. */
function parsePlace(text: string): Place | undefined {
  const [, hostAndPort = '', rest = ''] = /^(?:https?:\/\/)?([^/]*)(\/.*)?$/.exec(text) ?? [];
  const { host, port } = splitPort(toRegistry(hostAndPort));
  // What `docker login` once wrote: the address of the registry's interface, which is no path of images.
  const path = rest.replace(/^\/v[12](\/|$)/, '/').slice(1);
  return host === '' ? undefined : { host, port, path };
}

function splitPort(text: string): { host: string; port: string } {
  const [, host = '', port = ''] = /^(.*?)(?::(\d+))?$/.exec(text) ?? [];
  return { host, port };
}

function fits({ host, port, path }: Place, repository: Repository): boolean {
  const wanted = splitPort(repository.registry);
  if (port !== wanted.port || !renderRepository({ registry: '', path: repository.path }).startsWith(`/${path}`))
    return false;
  const patterns = host.split('.');
  const labels = wanted.host.split('.');
  return (
    patterns.length === labels.length && patterns.every((pattern, index) => fitsLabel(pattern, labels[index] ?? ''))
  );
}

/** `*` is any text. What stands between two of them is taken where it comes first, so that no pattern takes long. */
function fitsLabel(pattern: string, label: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return pattern === label;
  if (!label.startsWith(first)) return false;
  let from = first.length;
  for (const part of rest) {
    const found = label.indexOf(part, from);
    if (found === -1) return false;
    from = found + part.length;
  }
  return label.length - last.length >= from && label.endsWith(last);
}

/** A longer path first, then a host without globs, then the longer host. */
function specificity(place: Place | undefined): number {
  const { path = '', host = '' } = place ?? {};
  return path.length * 1_000_000 + (host.includes('*') ? 0 : 100_000) + host.length;
}
