import { parseIdentity } from '../job-identity.ts';
import { isEndState, parseJobState } from '../job-state.ts';
import type { PodJob } from '../slurm-job.ts';
import { parseExit } from './exits.ts';
import { firstNode } from './first-node.ts';
import { known, parseRows, type Row } from './rows.ts';
import { parseMinutes, parseTime } from './times.ts';

/**
 * What squeue is asked for. The reason stands right before the comment, and the comment last: a foreign comment may hold delimiters
 * and newlines, ours neither. Names are not asked for: they may hold both, too.
 */
export const jobFields = [
  ...(['JobID', 'State', 'exit_code', 'SubmitTime', 'StartTime', 'EndTime', 'RestartCnt', 'TimeLimit'] as const),
  ...(['Partition', 'NodeList', 'WorkDir', 'Reason', 'Comment'] as const),
];

/** Reads squeue's list, of which only jobs that carry our comment are kept. */
export function parseJobs(text: string): PodJob[] {
  return parseRows(text, jobFields).flatMap((row) => toPodJob(row) ?? []);
}

function toPodJob(row: Row<(typeof jobFields)[number]>): PodJob | undefined {
  // A delimiter in a reason would have moved some of it into the comment.
  const identity = parseIdentity(row.Comment.slice(Math.max(0, row.Comment.indexOf('{"v":'))));
  if (identity === undefined || !/^\d+$/.test(row.JobID)) return undefined;
  const { state } = parseJobState(row.State);
  const hasEnded = isEndState(state);
  const nodes = known(row.NodeList) ?? '';
  // What was cancelled while it waited shows that moment as its start, and a job that waits the scheduler's estimate.
  const startTime = nodes === '' ? undefined : parseTime(row.StartTime);
  return {
    id: row.JobID,
    identity,
    state,
    reason: known(row.Reason),
    exit: hasEnded ? parseExit(row.exit_code) : undefined,
    submitTime: parseTime(row.SubmitTime),
    startTime,
    estimatedStart: startTime === undefined && !hasEnded ? parseTime(row.StartTime) : undefined,
    endTime: hasEnded ? parseTime(row.EndTime) : undefined,
    nodes,
    batchHost: firstNode(nodes),
    partition: row.Partition,
    restarts: Number(row.RestartCnt) || 0,
    timeLimitMinutes: parseMinutes(row.TimeLimit),
    workingDirectory: row.WorkDir,
    cancelledBy: undefined,
  };
}
