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
  // GPUs are one of the generic resources, too: who says something of those says nothing of the others.
  if (asksForGpus(above)) for (const name of gpuOptions) rivals.add(name);
  const merged = new Map([...below].filter(([name]) => !rivals.has(name)));
  const gres = mergeGres(above, below);
  for (const [name, value] of above) merged.set(name, value);
  if (gres.length > 0) merged.set('gres', gres.join(','));
  else merged.delete('gres');
  return merged;
}

/** Each resource by itself: who asks for GPUs leaves what is below of others. */
function mergeGres(above: SbatchFlags, below: SbatchFlags): string[] {
  const own = gresOf(above);
  if (own.some((one) => one.toLowerCase() === 'none')) return ['none'];
  const names = new Set(own.map(nameOf));
  if (asksForGpus(above)) names.add('gpu');
  return [...own, ...gresOf(below).filter((one) => !names.has(nameOf(one)) && one.toLowerCase() !== 'none')];
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
  return nameOf(gres) === 'gpu';
}

/** `gpu` of `gpu:a100:2`, and of `gres:gpu:2` or `gres/gpu=2`, which Slurm takes as well. */
function nameOf(gres: string): string {
  return gres.replace(/^gres[:/]/, '').split(/[:=]/)[0] ?? '';
}
