import { describe, diagnose } from '../../../packages/sidecar-slurm/src/slurm/commands/diagnose.ts';
import { parseNodeReasons } from '../../../packages/sidecar-slurm/src/slurm/parse/node-reasons.ts';
import { parseNodes } from '../../../packages/sidecar-slurm/src/slurm/parse/nodes.ts';
import { parsePartitions } from '../../../packages/sidecar-slurm/src/slurm/parse/partitions.ts';
import { parseSettings } from '../../../packages/sidecar-slurm/src/slurm/parse/settings.ts';
import { parseJobId } from '../../../packages/sidecar-slurm/src/slurm/submit-arguments.ts';
import { recorded } from '../corpus.ts';
import { hold, type Target, throwsNothing } from '../target.ts';

const testdata = 'packages/sidecar-slurm/src/slurm/testdata/*';
const isCount = (value: number) => value >= 0 && !Number.isNaN(value);

export const sinfo: Target = {
  name: 'sinfo',
  corpus: recorded(`${testdata}/sinfo*.stdout`),
  read: (input) => {
    for (const { cpus, memoryMiB, gres } of parseNodes(input.toString()))
      hold(
        [cpus, memoryMiB, ...gres.map(({ count }) => count)].every(isCount),
        'amounts are numbers, and not negative',
      );
  },
  mayThrow: throwsNothing,
};

export const scontrol: Target = {
  name: 'scontrol',
  corpus: recorded(`${testdata}/scontrol-{show-node,show-partition,show-config}*.stdout`),
  read: (input) => {
    const text = input.toString();
    parseNodeReasons(text);
    parsePartitions(text);
    parseSettings(text);
  },
  mayThrow: throwsNothing,
};

/** What a command says that has failed. */
export const slurmErrors: Target = {
  name: 'slurm-errors',
  corpus: recorded(`${testdata}/{sbatch,scancel,srun}*.{stdout,stderr}`),
  read: (input) => {
    const output = { ending: 'exited', exitCode: 1, stdout: '', stderr: input.toString() } as const;
    parseJobId(output.stderr);
    diagnose(output, 'sbatch', ['--partition=x']);
    hold(describe(output, 'sbatch', 1_000).length <= 1_200, 'a message is short');
  },
  mayThrow: throwsNothing,
};
