import { splitWords } from '@interlink/sidecar-sdk';
import { parseFlags, type SbatchFlags } from '../flags/parse-flags.ts';
import { findOption } from '../flags/sbatch-options.ts';
import { parseMemory } from '../flags/units.ts';
import { refuseAccount } from './accounts.ts';

/** A kind of job that the administrator has described, as the Slurm plugin of old has it. */
export interface Flavor {
  readonly name: string;
  readonly description: string | undefined;
  /** For pods that name no CPU. */
  readonly cpus: number | undefined;
  /** For pods that name no memory. */
  readonly memoryMiB: number | undefined;
  readonly flags: SbatchFlags;
}

export interface Flavors {
  readonly all: ReadonlyMap<string, Flavor>;
  /** Of pods that name none and match none. */
  readonly byDefault: Flavor | undefined;
}

const members = ['Name', 'Description', 'CPUDefault', 'MemoryDefault', 'UID', 'SlurmFlags'];

/**
 * Reads the keys Flavors and DefaultFlavor. What is wrong is added to `problems`.
 * @param ownUid the account of the sidecar, which is that of all jobs
 */
export function parseFlavors(
  value: Readonly<Record<string, unknown>> | undefined,
  defaultName: string | undefined,
  ownUid: number,
  problems: string[],
): Flavors {
  const all = new Map(
    Object.entries(value ?? {}).map(([name, entry]) => [name, parseFlavor(name, entry, ownUid, problems)] as const),
  );
  const isNamed = defaultName !== undefined && defaultName !== '';
  const byDefault = isNamed ? all.get(defaultName) : undefined;
  if (isNamed && byDefault === undefined) {
    const known = all.size === 0 ? 'there are none' : [...all.keys()].join(', ');
    problems.push(`DefaultFlavor is ${JSON.stringify(defaultName)}: one of Flavors is wanted (${known})`);
  }
  return { all, byDefault };
}

function parseFlavor(key: string, entry: unknown, ownUid: number, problems: string[]): Flavor {
  const place = `Flavors.${key}`;
  const isMap = typeof entry === 'object' && entry !== null && !Array.isArray(entry);
  if (!isMap) problems.push(`${place} is ${JSON.stringify(entry)}: a map is wanted`);
  const source: Readonly<Record<string, unknown>> = isMap ? { ...entry } : {};
  for (const name of Object.keys(source)) {
    if (!members.includes(name)) problems.push(`${place}.${name} is unknown: ${members.join(', ')} are known`);
  }
  const { Name: name = key, Description: description, MemoryDefault: memory = '' } = source;
  if (name !== key) problems.push(`${place}.Name is ${JSON.stringify(name)}: the flavor's own name is wanted`);
  const memoryMiB = parseMemory(String(memory));
  if (memory !== '' && memoryMiB === undefined) {
    problems.push(`${place}.MemoryDefault is ${JSON.stringify(memory)}: memory such as 16G is wanted`);
  }
  const uid = numberOf(source, { member: 'UID', place, problems });
  if (uid !== undefined) problems.push(...refuseAccount(`${place}.UID`, uid, ownUid));
  return {
    name: key,
    description: typeof description === 'string' ? description : undefined,
    cpus: numberOf(source, { member: 'CPUDefault', place, problems }) || undefined,
    memoryMiB: memoryMiB === 0 ? undefined : memoryMiB,
    flags: flagsOf(source.SlurmFlags ?? [], `${place}.SlurmFlags`, problems),
  };
}

function numberOf(
  source: Readonly<Record<string, unknown>>,
  { member, place, problems }: { readonly member: string; readonly place: string; readonly problems: string[] },
): number | undefined {
  const value = source[member];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  problems.push(`${place}.${member} is ${JSON.stringify(value)}: a whole number is wanted`);
  return undefined;
}

/** Each element is one option, or several in one text. Not bound to what pods may set, but to what is not the sidecar's own. */
function flagsOf(value: unknown, place: string, problems: string[]): SbatchFlags {
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'string')) {
    problems.push(`${place} is ${JSON.stringify(value)}: a list of options of sbatch is wanted`);
    return new Map();
  }
  const words = value.map((text) => splitWords(text));
  if (words.includes(undefined)) problems.push(`${place} has a quote that is not closed`);
  const parsed = parseFlags(words.flatMap((some) => some ?? []));
  problems.push(...parsed.problems.map((problem) => `${place}: ${problem}`));
  for (const name of parsed.flags.keys()) {
    if (findOption(name)?.standing === 'never') problems.push(`${place}: the sidecar keeps --${name} to itself`);
  }
  return parsed.flags;
}
