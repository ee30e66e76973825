import { parseQuantity } from '@interlink/sidecar-sdk';
import { gpuKinds } from '../devices/gpu-kinds.ts';

/** Quantities by the names of resources. */
export type AnnouncedResources = Readonly<Record<string, string>>;

const ofHost: ReadonlyArray<string> = ['cpu', 'memory', 'pods', 'ephemeral-storage'];
const known: ReadonlyArray<string> = [...ofHost, ...gpuKinds];
/** What is counted, not measured. */
const whole: ReadonlySet<string> = new Set(['pods', ...gpuKinds]);
/** More than one machine has of anything that is counted. */
const maxCount = 10_000;

/** Reads `Docker.Resources`, `memory=64Gi,nvidia.com/gpu=2`. What is wrong with it is added to `problems`. */
export function parseResources(text: string | undefined, problems: string[]): AnnouncedResources {
  const resources: Record<string, string> = {};
  for (const part of (text ?? '').split(',').map((word) => word.trim())) {
    if (part === '') continue;
    const [name = '', quantity = '', ...rest] = part.split('=').map((word) => word.trim());
    const problem = rest.length > 0 ? 'name=quantity is wanted' : refuse(name, quantity, resources);
    if (problem === undefined) resources[name] = quantity;
    else problems.push(`Docker.Resources holds ${JSON.stringify(part)}: ${problem}`);
  }
  return resources;
}

function refuse(name: string, quantity: string, before: AnnouncedResources): string | undefined {
  if (!known.includes(name)) return `the engine can give pods ${known.join(', ')}`;
  if (Object.hasOwn(before, name)) return `${name} is there twice`;
  const value = parseQuantity(quantity);
  if (value === undefined || value < 0) return 'name=quantity is wanted, such as memory=64Gi';
  if (whole.has(name) && !(Number.isInteger(value) && value <= maxCount)) {
    return `a whole number up to ${maxCount} is wanted`;
  }
  return undefined;
}
