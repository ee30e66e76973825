import type { RequestLimit, SlurmSettings } from '../cluster.ts';

/** Slurm's defaults: https://slurm.schedmd.com/slurm.conf.html */
const defaults = { maxJobCount: 10_000, minJobAgeSeconds: 300, killWaitSeconds: 30 };

/** Reads `scontrol show config`: a line per setting, `MinJobAge               = 300 sec`. */
export function parseSettings(text: string): SlurmSettings {
  const all = new Map(
    text.split('\n').flatMap((line): Array<[string, string]> => {
      const [, key, value] = /^(\S+) *= (.*)$/.exec(line) ?? [];
      return key === undefined || value === undefined ? [] : [[key, value.trim()]];
    }),
  );
  const numberOf = (key: string) => /^\d+/.exec(all.get(key) ?? '')?.map(Number)[0];
  return {
    version: all.get('SLURM_VERSION') ?? '',
    clusterName: all.get('ClusterName') ?? '',
    maxJobCount: numberOf('MaxJobCount') ?? defaults.maxJobCount,
    minJobAgeSeconds: numberOf('MinJobAge') ?? defaults.minJobAgeSeconds,
    killWaitSeconds: numberOf('KillWait') ?? defaults.killWaitSeconds,
    requestLimit: parseRequestLimit(all.get('SlurmctldParameters') ?? ''),
    hasAccounting: !['accounting_storage/none', '(null)', ''].includes(all.get('AccountingStorageType') ?? ''),
    requeuesByDefault: all.get('JobRequeue') === '1',
    all,
  };
}

/**
 * `rl_enable,rl_bucket_size=30,rl_refill_rate=2,rl_refill_period=1`: of each account, a bucket of so many requests, refilled by so
 * many every so many seconds. The defaults are Slurm's.
 */
function parseRequestLimit(parameters: string): RequestLimit | undefined {
  const words = parameters.toLowerCase().split(',');
  if (!words.includes('rl_enable')) return undefined;
  const read = (name: string, otherwise: number) =>
    Number(words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1)) || otherwise;
  return {
    burst: read('rl_bucket_size', 30),
    perSecond: read('rl_refill_rate', 2) / read('rl_refill_period', 1),
  };
}
