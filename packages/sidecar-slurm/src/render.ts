import { InterLinkError, type Rendering, readRegularFile } from '@interlink/sidecar-sdk';
import type { PlannedPod } from './plan/pod-planner.ts';
import type { PodEntry } from './pods/pod-entry.ts';
import { toSubmitArguments } from './slurm/submit-arguments.ts';

/** What a create of the pod would have Slurm do: sbatch's arguments, and the script. Files that may hold secrets are named only. */
export function renderPod({ order, script, files, warnings }: PlannedPod): Rendering {
  return {
    parts: [
      { name: 'sbatch', body: { arguments: toSubmitArguments({ ...order, scriptArguments: ['1'] }) } },
      { name: 'job.sh', body: script.toString('utf8') },
      { name: 'files', body: { paths: files.map(({ path }) => path) } },
    ],
    warnings: warnings.map(({ reason, message }) => `${reason}: ${message}`),
  };
}

/** What a site's own text and a pod's may make of it. */
const maxScriptBytes = 4 * 1024 * 1024;

/** The one list that is made of values of environments, which may be secret: `subPathExpr`. */
const subPaths = /^mount_sub_path=\([\s\S]*?^(?=mount_target=)/m;

/** What Slurm was given for a pod. What may be secret, environments and volumes, is in other files or left out. */
export async function renderStored({ stored, submission, folder }: PodEntry): Promise<Rendering> {
  const script = await readRegularFile(folder.file('job.sh'), maxScriptBytes);
  if (script === undefined) throw new InterLinkError('not_found', 'The job script is not there any more');
  const number = String(submission?.number ?? 1);
  const order = { ...stored.order, scriptArguments: [number] };
  return {
    parts: [
      { name: 'sbatch', body: { arguments: toSubmitArguments(order) } },
      { name: 'job.sh', body: script.replace(subPaths, 'mount_sub_path=(…)\n') },
    ],
    warnings: [],
  };
}
