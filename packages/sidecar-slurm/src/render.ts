import type { Rendering } from '@interlink/sidecar-sdk';
import type { PlannedPod } from './plan/pod-planner.ts';
import { toSubmitArguments } from './slurm/submit-arguments.ts';

/** What a create of the pod would have Slurm do: sbatch's arguments, and the script. Files that may hold secrets are named only. */
export function renderPod({ order, script, files, warnings }: PlannedPod): Rendering {
  return {
    parts: [
      { name: 'sbatch', body: { arguments: toSubmitArguments({ ...order, scriptArguments: ['1'] }) } },
      { name: 'job.sh', body: { lines: script.split('\n') } },
      { name: 'files', body: { paths: files.map(({ path }) => path) } },
    ],
    warnings: warnings.map(({ reason, message }) => `${reason}: ${message}`),
  };
}
