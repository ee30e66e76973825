import { parseIdentity } from '../job-identity.ts';
import { isEndState, parseJobState } from '../job-state.ts';
import type { SlurmJob } from '../slurm-job.ts';
import { parseExit } from './exits.ts';
import { firstNode } from './first-node.ts';
import { known, parseRows } from './rows.ts';
import { parseMinutes, parseTime } from './times.ts';

/** What sacct is asked for, `--parsable`; the comment last, as with squeue. It is empty unless the site has it stored. */
export const accountingFields = [
  ...(['JobIDRaw', 'State', 'ExitCode', 'Submit', 'Start', 'End', 'Timelimit', 'Partition'] as const),
  ...(['NodeList', 'Reason', 'Comment'] as const),
];

/** Reads sacct's list of jobs (without their steps). */
export function parseAccounting(text: string): SlurmJob[] {
  return parseRows(text, accountingFields).flatMap((row) => {
    if (!/^\d+$/.test(row.JobIDRaw)) return [];
    const { state, cancelledBy } = parseJobState(row.State);
    const hasEnded = isEndState(state);
    const nodes = row.NodeList === 'None assigned' ? '' : (known(row.NodeList) ?? '');
    return [
      {
        id: row.JobIDRaw,
        identity: parseIdentity(row.Comment),
        state,
        reason: known(row.Reason),
        exit: hasEnded ? parseExit(row.ExitCode) : undefined,
        submitTime: parseTime(row.Submit),
        startTime: nodes === '' ? undefined : parseTime(row.Start),
        estimatedStart: undefined,
        endTime: hasEnded ? parseTime(row.End) : undefined,
        nodes,
        batchHost: firstNode(nodes),
        partition: row.Partition,
        restarts: 0,
        timeLimitMinutes: parseMinutes(row.Timelimit),
        workingDirectory: undefined,
        cancelledBy,
      },
    ];
  });
}
