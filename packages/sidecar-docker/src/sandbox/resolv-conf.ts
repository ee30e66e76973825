import { readFile } from 'node:fs/promises';

/** resolv.conf(5), as far as pods get it. */
export interface ResolvConf {
  readonly nameservers: ReadonlyArray<string>;
  readonly searches: ReadonlyArray<string>;
  readonly options: ReadonlyArray<string>;
}

/** systemd-resolved's own listener, which only its machine can reach, and where it writes the servers behind. */
const resolved = { listener: '127.0.0.53', file: '/run/systemd/resolve/resolv.conf' } as const;

/** This machine's, which is the engine's: a machine without the file has no name servers. */
export async function readHostResolvConf(): Promise<ResolvConf> {
  const own = parseResolvConf(await readOrEmpty('/etc/resolv.conf'));
  const isListener = own.nameservers.length === 1 && own.nameservers[0] === resolved.listener;
  return isListener ? parseResolvConf(await readOrEmpty(resolved.file)) : own;
}

/** The last `search` or `domain` line counts, and all `options`. */
export function parseResolvConf(text: string): ResolvConf {
  const nameservers: string[] = [];
  const options: string[] = [];
  let searches: string[] = [];
  for (const line of text.split('\n')) {
    const [word, ...values] = line
      .replace(/[#;].*/, '')
      .trim()
      .split(/\s+/);
    if (word === 'nameserver') nameservers.push(...values.slice(0, 1));
    else if (word === 'search' || word === 'domain') searches = values;
    else if (word === 'options') options.push(...values);
  }
  return { nameservers, searches, options };
}

/** In the order in which container runtimes write it for a kubelet. */
export function renderResolvConf({ nameservers, searches, options }: ResolvConf): string {
  return [
    ...(searches.length === 0 ? [] : [`search ${searches.join(' ')}`]),
    ...nameservers.map((server) => `nameserver ${server}`),
    ...(options.length === 0 ? [] : [`options ${options.join(' ')}`]),
    '',
  ].join('\n');
}

async function readOrEmpty(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}
