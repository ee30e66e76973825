import type { StatsFs } from 'node:fs';
import { access, constants, stat, statfs } from 'node:fs/promises';
import { InterLinkError } from '@interlink/protocol';
import { defaultDataRoot } from '@interlink/sidecar-docker';
import { type Check, type Finding, NotApplicable, ok, problem, warning } from '../check.ts';
import { chooseBackends } from '../choose-backends.ts';
import type { DoctorContext } from '../context.ts';
import { nearestFolder } from '../nearest-folder.ts';
import { readSlurmSite } from '../slurm-site.ts';

const leastBytes = 1024 ** 3;
const leastInodes = 10_000;

export const dataRoot: Check = {
  name: 'data-root',
  summary:
    'DataRootFolder, with the volumes and Secrets of pods, is this account’s, closed to others, and has room (1 GiB, 10,000 files).',
  sides: ['site'],
  run: async (context) => {
    const roots = await rootsOf(context);
    if (roots.length === 0) throw new NotApplicable('no sidecar that writes volumes is configured here');
    return (await Promise.all(roots.map(lookAt))).flat();
  },
};

async function rootsOf(context: DoctorContext): Promise<string[]> {
  const { env } = context;
  const [config, kinds] = await Promise.all([context.config(), chooseBackends(context)]);
  return [
    ...(kinds.has('docker') ? [config.DataRootFolder ?? defaultDataRoot(env)] : []),
    ...(kinds.has('slurm') ? [(await readSlurmSite(env)).folders.root] : []),
  ];
}

async function lookAt(root: string): Promise<Finding[]> {
  const place = await nearestFolder(root);
  const found = await stat(place);
  if (!found.isDirectory()) return [unusable(root, place === root ? 'it is no folder' : `${place} is no folder`)];
  try {
    await access(place, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    return [unusable(root, InterLinkError.from(error).message)];
  }
  const { mode, uid } = found;
  if (place === root && (mode & 0o022) !== 0) return [unusable(root, `its mode is 0${(mode & 0o777).toString(8)}`)];
  const account = process.getuid?.();
  if (place === root && account !== undefined && account !== 0 && uid !== account)
    return [unusable(root, `it belongs to account ${uid}`)];
  return [roomOf(root, place, await statfs(place))];
}

/** What a file system has left, as `statfs` tells it. */
type Room = Pick<StatsFs, 'bavail' | 'bsize' | 'ffree' | 'files'>;

export function roomOf(root: string, place: string, { bavail, bsize, ffree, files }: Room): Finding {
  const freeBytes = bavail * bsize;
  const gib = `${(freeBytes / 1024 ** 3).toFixed(1)} GiB`;
  // Some file systems count no inodes, and say so by 0.
  const lacksInodes = files > 0 && ffree < leastInodes;
  if (freeBytes >= leastBytes && !lacksInodes)
    return ok(`${root} has ${gib} of room${place === root ? '' : ', and is made at first start'}`);
  return warning({
    what: `${root} has room for ${gib}${lacksInodes ? ` and ${ffree} files` : ''} only`,
    why: 'volumes of pods can’t be written when it is full: pods stay Pending',
    fix: 'remove what is not needed there, or set DataRootFolder to a larger file system; for a quota ask who runs it',
  });
}

function unusable(root: string, why: string): Finding {
  return problem({
    what: `DataRootFolder ${root}: ${why}`,
    why: 'the sidecar does not start there: it holds Secrets of pods, which nobody else may read or replace',
    fix: `chown it to the account of the sidecar and chmod 700 ${root}, or set DataRootFolder to a folder of its own`,
  });
}
