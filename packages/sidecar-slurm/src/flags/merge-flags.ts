import type { SbatchFlags } from './parse-flags.ts';

const gpuOptions: ReadonlyArray<string> = ['gpus', 'gpus-per-node', 'gpus-per-socket', 'gpus-per-task'];
/** Options that say the same thing in different words: Slurm refuses some of these pairs, and adds up others. */
const groups: ReadonlyArray<ReadonlyArray<string>> = [
  gpuOptions,
  ['mem', 'mem-per-cpu', 'mem-per-gpu'],
  ['cpus-per-task', 'cpus-per-gpu'],
  ['exclusive', 'oversubscribe'],
  ['requeue', 'no-requeue'],
];

/** The first goes before the second, which goes before the third, and so on. */
export function mergeFlags(...layers: ReadonlyArray<SbatchFlags>): SbatchFlags {
  return layers.reduceRight((below, above) => putAbove(above, below), new Map<string, string | true>());
}

function putAbove(above: SbatchFlags, below: SbatchFlags): SbatchFlags {
  const rivals = new Set(groups.filter((group) => group.some((name) => above.has(name))).flat());
  const merged = new Map([...below].filter(([name]) => !rivals.has(name)));
  // GPUs are one of the generic resources: who says something of those says nothing of the others.
  const saysGpus = asksForGpus(above);
  if (saysGpus) for (const name of gpuOptions) merged.delete(name);
  const gres = [...gresOf(above), ...gresOf(below).filter((one) => (isGpu(one) ? !saysGpus : !above.has('gres')))];
  for (const [name, value] of above) merged.set(name, value);
  if (gres.length > 0) merged.set('gres', gres.join(','));
  else merged.delete('gres');
  return merged;
}

export function asksForGpus(flags: SbatchFlags): boolean {
  return gpuOptions.some((name) => flags.has(name)) || gresOf(flags).some(isGpu);
}

/** The parts of `--gres`: `gpu:a100:2`, `nvme:1`. */
export function gresOf(flags: SbatchFlags): string[] {
  const value = flags.get('gres');
  return typeof value === 'string' ? value.split(',').filter((part) => part !== '') : [];
}

export function isGpu(gres: string): boolean {
  return /^(gres[:/])?gpu([:=]|$)/.test(gres);
}
