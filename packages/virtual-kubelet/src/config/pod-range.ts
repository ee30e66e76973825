import { InterLinkError } from '@interlink/protocol';
import { type PodRange, podAddresses } from '../trust/pod-addresses.ts';

/** `PodCIDR{Subnet,MinIP,MaxIP}` of the provider file; undefined when it is not there. What is wrong is added to `problems`. */
export function parsePodRange(value: unknown, problems: string[]): PodRange | undefined {
  if (value == null) return undefined;
  const { Subnet: subnet, MinIP: minIP, MaxIP: maxIP, ...others } = value as Record<string, unknown>;
  const unknown = typeof value === 'object' ? Object.keys(others) : [];
  for (const key of unknown) problems.push(`unknown key PodCIDR.${key}`);
  const range = {
    subnet: textOf(subnet ?? ''),
    ...(minIP == null || minIP === '' ? {} : { minIP: textOf(minIP) }),
    ...(maxIP == null || maxIP === '' ? {} : { maxIP: textOf(maxIP) }),
  };
  // A file of another release may have the group without a subnet in it.
  if (range.subnet === '' && Object.keys(range).length === 1 && typeof value === 'object') return undefined;
  try {
    podAddresses(range, []);
    return range;
  } catch (error) {
    problems.push(InterLinkError.from(error).message);
    return undefined;
  }
}

/** As it stands in the file, for a message: an object's own `toString` may be anything. */
function textOf(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
