import { runCommandOrThrow } from '../process/run-command.ts';

const FIRST_PREFIX = 144;
const PREFIXES = 48;

/** A network bridge on the host for containers without a network of their own, and the addresses around it. */
export interface Bridge {
  name: string;
  /** The first two numbers of all addresses here, such as `10.150`: no other route of the machine has them. */
  prefix: string;
}

/** Makes a bridge with the address `<prefix>.0.1/20` for a /16 that the machine does not know yet. */
export async function createBridge(name: string): Promise<Bridge> {
  const routes = await runCommandOrThrow('ip', ['-4', 'route', 'show', 'table', 'all']);
  const prefix = choosePrefix(routes, Math.floor(Math.random() * PREFIXES));
  await runCommandOrThrow('ip', ['link', 'add', name, 'type', 'bridge']);
  await runCommandOrThrow('ip', ['address', 'add', `${prefix}.0.1/20`, 'dev', name]);
  await runCommandOrThrow('ip', ['link', 'set', name, 'up']);
  return { name, prefix };
}

/** The first free prefix from a starting point on, so that two testbeds starting at once seldom want the same. */
export function choosePrefix(routes: string, offset: number): string {
  for (let index = 0; index < PREFIXES; index += 1) {
    const prefix = `10.${FIRST_PREFIX + ((offset + index) % PREFIXES)}`;
    if (!new RegExp(`\\b${prefix.replace('.', '\\.')}\\.`).test(routes)) return prefix;
  }
  throw new Error(`Cannot choose a subnet: the machine has routes to all of 10.${FIRST_PREFIX}.0.0/16 and following`);
}

interface LinkAddresses {
  ifname?: string;
  addr_info?: { local?: string }[];
}

/** Deletes the bridge and those of Docker's networks with addresses around it; none of them need be there. */
export async function deleteBridges(name: string): Promise<void> {
  const output = await runCommandOrThrow('ip', ['-json', '-4', 'address', 'show', 'type', 'bridge']);
  const links = JSON.parse(output || '[]') as LinkAddresses[];
  const toPrefix = (link: LinkAddresses) => link.addr_info?.[0]?.local?.split('.').slice(0, 2).join('.');
  const own = links.find((link) => link.ifname === name);
  if (own === undefined) return;
  const prefix = toPrefix(own);
  for (const link of links) {
    const isOurs = link === own || (prefix !== undefined && toPrefix(link) === prefix);
    if (isOurs && link.ifname !== undefined) await runCommandOrThrow('ip', ['link', 'delete', link.ifname]);
  }
}
