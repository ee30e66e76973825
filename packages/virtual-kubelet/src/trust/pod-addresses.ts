import { BlockList, isIP, isIPv4 } from 'node:net';
import { InterLinkError } from '@interlink/protocol';

/** `PodCIDR` of the provider file: what pods' addresses are inside of. `MinIP` and `MaxIP` narrow the subnet. */
export interface PodRange {
  readonly subnet: string;
  readonly minIP?: string | undefined;
  readonly maxIP?: string | undefined;
}

/** Which addresses can be a pod's. */
export interface PodAddresses {
  /** Whether a backend may call this a pod's address. */
  includes(ip: string): boolean;
  /** The administrator has said what pods' addresses are: then a pod may name its own, by {@link podIPAnnotation}. */
  readonly isRanged: boolean;
}

/** A pod's own word on its address, for those that get theirs by other means than the backend. */
export const podIPAnnotation = 'interlink.eu/pod-ip';

/** Addresses that are nobody's, everybody's, or only this machine's own. */
const neverOnePods: ReadonlyArray<readonly [string, number]> = [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 3],
  ['::', 127],
  ['fe80::', 10],
  ['ff00::', 8],
];

/**
 * With a range, what is inside; without, any unicast address but loopback, link-local, and those that are known to be others'.
 * @throws InterLinkError `invalid_argument` for a range that is none
 */
export function podAddresses(range: PodRange | undefined, others: ReadonlyArray<string>): PodAddresses {
  const never = new BlockList();
  const mapped = new BlockList();
  mapped.addSubnet('::ffff:0:0', 96, 'ipv6');
  for (const [network, prefix] of neverOnePods) never.addSubnet(network, prefix, familyOf(network));
  for (const ip of others) if (isIP(ip) !== 0) never.addAddress(ip, familyOf(ip));
  const lists = range === undefined ? [] : listsOf(range);
  return {
    isRanged: range !== undefined,
    includes: (ip) =>
      isIP(ip) !== 0 &&
      !ip.includes('%') &&
      !never.check(ip, familyOf(ip)) &&
      // To a BlockList every IPv4 address is one of these.
      (isIPv4(ip) || !mapped.check(ip, 'ipv6')) &&
      lists.every((list) => list.check(ip, familyOf(ip))),
  };
}

/** Each must hold the address. */
function listsOf({ subnet, minIP, maxIP }: PodRange): BlockList[] {
  try {
    const [network = '', prefix = ''] = subnet.split('/');
    if (isIP(network) === 0 || !/^\d{1,3}$/.test(prefix)) throw new Error();
    const whole = new BlockList();
    whole.addSubnet(network, Number(prefix), familyOf(network));
    if (minIP === undefined && maxIP === undefined) return [whole];
    const [lowest, highest] =
      familyOf(network) === 'ipv4' ? ['0.0.0.0', '255.255.255.255'] : ['::', `${'ffff:'.repeat(7)}ffff`];
    const narrowed = new BlockList();
    narrowed.addRange(minIP ?? lowest, maxIP ?? highest, familyOf(network));
    return [whole, narrowed];
  } catch {
    const given = [subnet, minIP, maxIP].filter((part) => part !== undefined).join(', ');
    throw new InterLinkError(
      'invalid_argument',
      `PodCIDR is ${given}: a Subnet such as 10.42.0.0/16 is wanted, and a MinIP and MaxIP of its kind`,
    );
  }
}

function familyOf(ip: string): 'ipv4' | 'ipv6' {
  return isIPv4(ip) ? 'ipv4' : 'ipv6';
}
