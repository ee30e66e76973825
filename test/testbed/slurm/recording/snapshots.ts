import type { Recorder } from './recorder.ts';

/** Fields of `squeue -O` that one might want, the comment last: a newline in it must not hide what follows. */
export const SQUEUE_FIELDS = [
  ...['JobID', 'ArrayJobID', 'ArrayTaskID', 'State', 'StateCompact', 'Reason', 'exit_code', 'RestartCnt'],
  ...['SubmitTime', 'EligibleTime', 'StartTime', 'EndTime', 'TimeLimit', 'TimeUsed'],
  ...['Partition', 'NumNodes', 'NodeList', 'SchedNodes', 'BatchHost', 'UserName', 'Account', 'QOS', 'tres-alloc'],
  ...['WorkDir', 'Name', 'Comment'],
];

/** The few that a sidecar asks for again and again. */
export const SQUEUE_SHORT_FIELDS = [
  ...['JobID', 'State', 'Reason', 'exit_code', 'StartTime', 'EndTime', 'SubmitTime'],
  ...['NodeList', 'Partition', 'RestartCnt', 'TimeLimit', 'Comment'],
];

/** Each with a delimiter after it, which also lifts the limit of its width: squeue(1), `-O`. */
export function toFields(names: readonly string[]): string {
  return names.map((name) => `${name}:|`).join(',');
}

const SQUEUE_O = '%i|%A|%T|%t|%r|%S|%e|%V|%N|%P|%l|%u|%j|%k';
const SINFO_FIELDS = [
  ...['Partition', 'Available', 'Time', 'NodeHost', 'StateLong', 'StateCompact', 'CPUs', 'CPUsState', 'Memory'],
  ...['AllocMem', 'FreeMem', 'Gres', 'GresUsed', 'Features', 'Reason'],
];
const SINFO_O = '%R|%a|%l|%N|%T|%c|%C|%m|%e|%G|%f|%E';

/** Times in seconds since 1970 rather than in the cluster's own time zone. */
const EPOCH = { SLURM_TIME_FORMAT: '%s' };

/** Everything that tells of jobs, at one moment. */
export async function recordJobs(recorder: Recorder, moment: string): Promise<void> {
  const all = ['squeue', '-h', '-r', '-t', 'all'];
  await recorder.record(`squeue-${moment}`, [...all, '-O', toFields(SQUEUE_FIELDS)]);
  await recorder.record(`squeue-${moment}-epoch`, [...all, '-O', toFields(SQUEUE_FIELDS)], { env: EPOCH });
  await recorder.record(`squeue-${moment}-short`, [...all, '-O', toFields(SQUEUE_SHORT_FIELDS)], { env: EPOCH });
  await recorder.record(`squeue-${moment}-o`, [...all, '-o', SQUEUE_O]);
  await recorder.record(`squeue-${moment}-start`, ['squeue', '-h', '--start', '-o', '%i|%T|%S|%r|%Y'], { env: EPOCH });
  await recorder.record(`scontrol-show-job-${moment}`, ['scontrol', 'show', 'job', '-o']);
}

/** Everything that tells of nodes and partitions, at one moment. */
export async function recordNodes(recorder: Recorder, moment: string): Promise<void> {
  await recorder.record(`sinfo-${moment}`, ['sinfo', '-h', '-N', '-O', toFields(SINFO_FIELDS)]);
  await recorder.record(`sinfo-${moment}-o`, ['sinfo', '-h', '-N', '-o', SINFO_O]);
  await recorder.record(`scontrol-show-node-${moment}`, ['scontrol', 'show', 'node', '-o']);
}

/** What does not change while the cluster runs. */
export async function recordSettings(recorder: Recorder): Promise<void> {
  for (const program of ['sbatch', 'squeue', 'scancel', 'sinfo', 'srun', 'sacct', 'scontrol']) {
    await recorder.record(`${program}-version`, [program, '--version']);
  }
  await recorder.record('scontrol-show-config', ['scontrol', 'show', 'config']);
  await recorder.record('scontrol-show-partition', ['scontrol', 'show', 'partition', '-o']);
  await recorder.record('scontrol-ping', ['scontrol', 'ping']);
  await recorder.record('scontrol-show-hostnames', ['scontrol', 'show', 'hostnames', 'c[1-2,07-09],x']);
  await recorder.record('squeue-none', ['squeue', '-h', '-O', toFields(SQUEUE_FIELDS)]);
}
