import { InterLinkError } from '@interlink/protocol';
import { nearest } from '@interlink/service-kit';
import { type NodePattern, parseNodePattern } from './node-pattern.ts';
import { defaultV1Settings, type SidecarRoute } from './sidecar-route.ts';

const keys = [
  ...['Name', 'URL', 'Nodes', 'Pool', 'TokenFile', 'CACertFile', 'CertFile', 'KeyFile'],
  ...['CreatePayload', 'SettleSeconds'],
];
const routeName = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;

/**
 * Reads `Sidecars` of the InterLink file, the table by which InterLink finds a node's sidecar.
 * @throws InterLinkError `invalid_argument` with every problem at once
 */
export function parseRoutes(list: ReadonlyArray<unknown>): SidecarRoute[] {
  const problems: string[] = list.length === 0 ? ['Sidecars is empty: at least one sidecar is wanted'] : [];
  const routes = list.flatMap((element, index) => parseRoute(element, `Sidecars[${index}]`, problems) ?? []);
  for (const { name } of repeated(routes, ({ name }) => name)) {
    problems.push(`Sidecars has two sidecars named ${name}`);
  }
  const rows = routes.flatMap(({ name, nodes }) => nodes.map(({ text }) => ({ name, text })));
  for (const { name, text } of repeated(rows, ({ text }) => text)) {
    problems.push(`Sidecars names the nodes ${JSON.stringify(text)} twice, the second time for ${name}`);
  }
  if (problems.length > 0) {
    throw new InterLinkError('invalid_argument', `Invalid configuration: ${problems.join('; ')}`);
  }
  return routes;
}

function parseRoute(element: unknown, place: string, problems: string[]): SidecarRoute | undefined {
  if (typeof element !== 'object' || element === null || Array.isArray(element)) {
    problems.push(`${place} is ${JSON.stringify(element)}: a map is wanted`);
    return undefined;
  }
  const members = new Map(Object.entries(element).filter(([, value]) => value !== null));
  for (const key of members.keys()) {
    if (keys.includes(key)) continue;
    const near = nearest(key, keys);
    problems.push(`unknown key ${place}.${key}${near === undefined ? '' : `: did you mean ${near}?`}`);
  }
  const text = (key: string, isWell: (value: string) => boolean, wanted: string) => {
    const value = members.get(key);
    if (value === undefined) return undefined;
    if (typeof value === 'string' && isWell(value)) return value;
    problems.push(`${place}.${key} is ${JSON.stringify(value)}: ${wanted} is wanted`);
    return undefined;
  };
  const required = (key: string, isWell: (value: string) => boolean, wanted: string) => {
    if (!members.has(key)) problems.push(`${place}.${key} is missing: ${wanted} is wanted`);
    return text(key, isWell, wanted) ?? '';
  };
  const file = (key: string) => text(key, (value) => value !== '', 'the path of a file');
  const certFile = file('CertFile');
  const keyFile = file('KeyFile');
  if ((certFile === undefined) !== (keyFile === undefined)) {
    problems.push(`${place} has one of CertFile and KeyFile: both or none are wanted`);
  }
  const payload = text('CreatePayload', (value) => value === 'object' || value === 'list', 'object or list');
  return {
    name: required('Name', (value) => routeName.test(value), 'a name of letters, digits, -, _ and .'),
    url: required('URL', isAddress, 'http://host:port, https://host:port or unix:///path'),
    nodes: parseNodes(members.get('Nodes') ?? ['*'], `${place}.Nodes`, problems),
    pool: text('Pool', (value) => value !== '', 'the name of a pool'),
    tokenFile: file('TokenFile'),
    tls: { caCertFile: file('CACertFile'), certFile, keyFile },
    v1: {
      createPayload: payload === 'list' ? 'list' : 'object',
      settleMs: parseSettling(members.get('SettleSeconds'), `${place}.SettleSeconds`, problems),
    },
  };
}

function parseNodes(value: unknown, place: string, problems: string[]): NodePattern[] {
  if (!Array.isArray(value) || value.length === 0) {
    problems.push(`${place} is ${JSON.stringify(value)}: a list of names or patterns is wanted`);
    return [];
  }
  return value.flatMap((element: unknown, index) => {
    const pattern = typeof element === 'string' ? parseNodePattern(element) : undefined;
    if (pattern !== undefined) return pattern;
    problems.push(`${place}[${index}] is ${JSON.stringify(element)}: NODE or CLUSTER/NODE, with * in it, is wanted`);
    return [];
  });
}

function parseSettling(value: unknown, place: string, problems: string[]): number {
  if (value === undefined) return defaultV1Settings.settleMs;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 86_400) return value * 1_000;
  problems.push(`${place} is ${JSON.stringify(value)}: a whole number of seconds, a day at most, is wanted`);
  return 0;
}

/** Nothing behind the port: a path would not be asked, and a password would be shown in messages. */
function isAddress(url: string): boolean {
  if (url.startsWith('unix:///')) return true;
  if (!URL.canParse(url)) return false;
  const { protocol, username, pathname, search } = new URL(url);
  return /^https?:$/.test(protocol) && username === '' && pathname === '/' && search === '';
}

/** Elements whose key one before them has. */
function repeated<T>(elements: ReadonlyArray<T>, keyOf: (element: T) => string): T[] {
  const seen = new Set<string>();
  return elements.filter((element) => {
    const isSeen = seen.has(keyOf(element));
    seen.add(keyOf(element));
    return isSeen;
  });
}
