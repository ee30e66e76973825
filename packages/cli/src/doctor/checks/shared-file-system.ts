import { type Check, type Finding, NotApplicable, ok, warning } from '../check.ts';
import { chooseBackends } from '../choose-backends.ts';
import { type FileSystemKind, fileSystemKind } from '../file-system-kind.ts';
import { nearestFolder } from '../nearest-folder.ts';
import { readSlurmSite } from '../slurm-site.ts';

export const sharedFileSystem: Check = {
  name: 'shared-file-system',
  summary:
    '`Slurm.SharedFileSystem` fits the kind of file system that DataRootFolder is on (NFS, Lustre and their like, or a local one). No job is run: the sidecar finds out by the first one.',
  sides: ['site'],
  run: async (context) => {
    if (!(await chooseBackends(context)).has('slurm')) throw new NotApplicable('no Slurm sidecar is configured here');
    const { root, isShared } = (await readSlurmSite(context.env)).folders;
    return [judge(root, await fileSystemKind(await nearestFolder(root)), isShared)];
  },
};

/** @param configured undefined: the sidecar finds out */
export function judge(root: string, { name, isShared }: FileSystemKind, configured: boolean | undefined): Finding {
  const where = `DataRootFolder ${root} is on a file system ${isShared === undefined ? name : `of the kind ${name}`}`;
  if (configured === undefined) return ok(`${where}; the sidecar finds out whether compute nodes see it`);
  if (isShared === undefined || isShared === configured)
    return ok(`${where}, and Slurm.SharedFileSystem is ${configured}`);
  return warning({
    what: `${where}, and Slurm.SharedFileSystem is ${configured}`,
    why: configured
      ? 'unless this machine exports it, jobs do not find their scripts and volumes there, and fail'
      : 'if compute nodes do mount it, each job carries its folder to the node and back for nothing',
    fix: configured
      ? 'set DataRootFolder to a folder that compute nodes see, or leave Slurm.SharedFileSystem out: the sidecar finds out'
      : 'leave Slurm.SharedFileSystem out: the sidecar finds out',
  });
}
