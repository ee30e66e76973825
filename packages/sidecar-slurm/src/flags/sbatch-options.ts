import { nearest } from '@interlink/sidecar-sdk';

/**
 * `common`: pods may set it unless the administrator says otherwise; `possible`: only if the administrator lists it;
 * `never`: the sidecar sets it itself, or it would change what a submission is.
 */
export type Standing = 'common' | 'possible' | 'never';

export interface SbatchOption {
  /** The long name, without dashes. */
  readonly name: string;
  readonly short: string | undefined;
  /** An optional value comes only behind `=`, as getopt has it. */
  readonly value: 'needed' | 'optional' | 'none';
  readonly standing: Standing;
}

const values = { '=': 'needed', '?': 'optional', '': 'none' } as const;

/** `p:partition=` is `-p` and `--partition` with a value; `nice?` may have one; `hold` has none. */
function all(standing: Standing, names: string): SbatchOption[] {
  return names
    .trim()
    .split(/\s+/)
    .map((text) => {
      const [, short, name = '', mark = ''] = /^(?:(\w):)?([a-z0-9-]+)([=?]?)$/.exec(text) ?? [];
      return { name, short, value: values[mark as keyof typeof values], standing };
    });
}

/** Every option of sbatch, from 22.05 to 25.05: https://slurm.schedmd.com/sbatch.html */
export const sbatchOptions: ReadonlyArray<SbatchOption> = [
  ...all(
    'common',
    `A:account= C:constraint= c:cpus-per-task= cpus-per-gpu= exclusive? G:gpus= gpus-per-node= gpus-per-socket= gpus-per-task=
    gres= hint= L:licenses= mem= mem-bind= mem-per-cpu= mem-per-gpu= nice? N:nodes= n:ntasks= ntasks-per-core= ntasks-per-gpu=
    ntasks-per-node= ntasks-per-socket= p:partition= q:qos= reservation= t:time=`,
  ),
  ...all(
    'possible',
    `acctg-freq= batch= bb= b:begin= cluster-constraint= contiguous S:core-spec= cores-per-socket= cpu-freq= deadline= delay-boot=
    d:dependency= m:distribution= x:exclude= extra= B:extra-node-info= gpu-bind= gpu-freq= gres-flags= H:hold kill-on-invalid-dep=
    mail-type= mail-user= mcs-label= mincpus= network= k:no-kill? no-requeue w:nodelist= O:overcommit s:oversubscribe power= prefer= priority=
    profile= propagate? reboot requeue resv-ports? segment= sockets-per-node= spread-job switches= thread-spec= threads-per-core=
    time-min= tmp= tres-bind= tres-per-task= use-min-nodes wait-all-nodes= wckey=`,
  ),
  ...all(
    'never',
    `a:array= bbf= D:chdir= M:clusters= comment= consolidate-segments container= container-id= e:error= export= export-file= external
    get-user-env? gid= h:help ignore-pbs i:input= J:job-name= F:nodefile= open-mode= o:output= parsable Q:quiet signal=
    stepmgr test-only uid= usage v:verbose V:version W:wait wrap=`,
  ),
];

const byName: ReadonlyMap<string, SbatchOption> = new Map(sbatchOptions.map((option) => [option.name, option]));
const byShort: ReadonlyMap<string, SbatchOption> = new Map(
  sbatchOptions.flatMap((option) => (option.short === undefined ? [] : [[option.short, option] as const])),
);

export function findOption(name: string): SbatchOption | undefined {
  return byName.get(name);
}

export function findShortOption(letter: string): SbatchOption | undefined {
  return byShort.get(letter);
}

/** What somebody may have meant by a name that is none: the first that begins so, else the nearest. */
export function similarOption(name: string): string | undefined {
  if (name === '') return undefined;
  const names = sbatchOptions.map((option) => option.name);
  // Everything is near a word of a letter or two.
  return names.find((one) => one.startsWith(name)) ?? (name.length < 3 ? undefined : nearest(name, names));
}
