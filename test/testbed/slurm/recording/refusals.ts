import type { Recorder } from './recorder.ts';
import { SQUEUE_SHORT_FIELDS, toFields } from './snapshots.ts';

const WRAP = '--wrap=true';
/** One byte more than Slurm takes by itself. */
const LARGE = 4 * 1024 * 1024 + 1;

/** What sbatch takes, and what it refuses, with its words. */
export async function recordSubmissions(recorder: Recorder): Promise<void> {
  const sbatch = async (name: string, ...options: string[]) =>
    (await recorder.record(`sbatch-${name}`, ['sbatch', '--parsable', '--output=/dev/null', ...options])).stdout.trim();
  const ids = [
    await sbatch('accepted', '--hold', WRAP),
    await sbatch('accepted-special-characters', '--hold', '--job-name=a\'b "c|d', `--comment={"a":"'|$\`\\é"}`, WRAP),
    await sbatch('accepted-newline-in-comment', '--hold', '--comment=one\ntwo|three', WRAP),
    await sbatch('accepted-array', '--hold', '--array=0-2', WRAP),
    await sbatch('time-above-limit', '--partition=short', '--time=60', WRAP),
    await sbatch('partition-down', '--partition=down', WRAP),
  ];
  const script = '#!/bin/bash\ntrue\n';
  const argv = ['sbatch', '--parsable', '--hold', '--output=/dev/null'];
  ids.push((await recorder.record('sbatch-script-on-stdin', argv, { input: script })).stdout.trim());
  await recorder.record('squeue-special-characters', [
    ...[
      'squeue',
      '-h',
      '-t',
      'all',
      '-j',
      ids.filter((id) => id !== '').join(),
      '-O',
      toFields([...SQUEUE_SHORT_FIELDS, 'Name', 'Comment']),
    ],
  ]);
  await recorder.record('sbatch-no-interpreter', argv, { input: 'true\n' });
  await recorder.record('sbatch-empty-script', argv, { input: '' });
  await recorder.record('sbatch-dos-script', argv, { input: '#!/bin/bash\r\ntrue\r\n' });
  await recorder.record('sbatch-script-too-large', argv, { input: `#!/bin/bash\n#${'x'.repeat(LARGE)}\n` });
  await recorder.record('sbatch-no-such-script', [...argv, '/nonexistent/job.sh']);
  const refused: Record<string, string[]> = {
    'too-many-cpus': ['--cpus-per-task=1000'],
    'too-much-memory': ['--mem=1000G'],
    'too-many-nodes': ['--nodes=100'],
    'too-many-gpus': ['--gres=gpu:a100:9'],
    'unknown-gres': ['--gres=fpga:1'],
    'unknown-gpu-type': ['--gres=gpu:h100:1'],
    'unknown-partition': ['--partition=nowhere'],
    'unknown-account': ['--account=nobody'],
    'unknown-qos': ['--qos=nothing'],
    'unknown-constraint': ['--constraint=nothing'],
    'unknown-reservation': ['--reservation=nothing'],
    'unknown-license': ['--licenses=nothing:1'],
    'unknown-node': ['--nodelist=nowhere'],
    'unknown-dependency': ['--dependency=afterok:99999999'],
    'unknown-option': ['--nonsense'],
    'bad-time': ['--time=soon'],
    'bad-memory': ['--mem=lots'],
    'bad-nice': ['--nice=much'],
    'long-comment': [`--comment=${'c'.repeat(1_025)}`],
    'long-name': [`--job-name=${'n'.repeat(1_025)}`],
    'other-account': ['--uid=0'],
  };
  for (const [name, options] of Object.entries(refused)) {
    const id = await sbatch(name, ...options, WRAP);
    if (id !== '') ids.push(id);
  }
  await recorder.shell.run(['scancel', ...ids.filter((id) => id !== '')]);
}

/** What the other commands say of jobs that are not there, not yet running, or somebody else's. */
export async function recordOddCalls(
  recorder: Recorder,
  jobs: { running: string; waiting: string; ended: string },
): Promise<void> {
  const { running, waiting, ended } = jobs;
  const one = ['squeue', '-h', '-t', 'all', '-O', toFields(SQUEUE_SHORT_FIELDS)];
  await recorder.record('squeue-unknown-job', [...one, '-j', '99999999']);
  await recorder.record('squeue-known-and-unknown-job', [...one, '-j', `${running},99999999`]);
  await recorder.record('squeue-unknown-partition', [...one, '-p', 'nowhere']);
  await recorder.record('squeue-me', [...one, '--me', '-j', `${running},${waiting}`]);
  await recorder.record('scontrol-show-unknown-job', ['scontrol', 'show', 'job', '-o', '99999999']);
  await recorder.record('sinfo-unknown-partition', ['sinfo', '-h', '-p', 'nowhere']);
  await recorder.record('scancel-unknown-job', ['scancel', '99999999']);
  await recorder.record('scancel-ended-job', ['scancel', ended]);
  await recorder.record('scancel-known-and-unknown-job', ['scancel', '--signal=CONT', '--batch', running, '99999999']);
  await recorder.record('scancel-not-a-job', ['scancel', 'x']);
  // Such a call tries again and again, for minutes.
  const patience = ['timeout', '12'];
  await recorder.record('scancel-signal-of-waiting-job', [...patience, 'scancel', '--signal=TERM', '--batch', waiting]);
  await recorder.record('scancel-signal-of-ended-job', [...patience, 'scancel', '--signal=TERM', '--batch', ended]);
  await recorder.record('scancel-verbose-ended-job', ['scancel', '-v', ended]);
  const step = (id: string, script: string) => [
    'srun',
    `--jobid=${id}`,
    '--overlap',
    '--unbuffered',
    'sh',
    '-c',
    script,
  ];
  await recorder.record('srun-step', step(running, 'echo out; echo err >&2; exit 3'));
  await recorder.record('srun-step-quiet', ['srun', '-Q', ...step(running, 'exit 3').slice(1)]);
  await recorder.record('srun-step-killed', step(running, 'kill -KILL $$'));
  await recorder.record('srun-step-no-such-command', [...step(running, '').slice(0, 4), '/nonexistent/command']);
  await recorder.record('srun-step-of-unknown-job', step('99999999', 'true'));
  await recorder.record('srun-step-of-ended-job', step(ended, 'true'));
  await recorder.record('sacct', ['sacct', '-n', '-P', '-j', ended, '--format=JobID,State,ExitCode']);
  await recorder.record('sstat', ['sstat', '-n', '-P', '-j', `${running}.batch`, '--format=JobID,MaxRSS,AveCPU']);
}

/** What commands say, and how long that takes them, while slurmctld is not there. */
export async function recordControllerAway(recorder: Recorder, job: string): Promise<void> {
  const calls: Record<string, string[]> = {
    squeue: ['squeue', '-h', '-O', toFields(SQUEUE_SHORT_FIELDS)],
    sbatch: ['sbatch', '--parsable', '--output=/dev/null', WRAP],
    scancel: ['scancel', job],
    sinfo: ['sinfo', '-h', '-N', '-o', '%N'],
    'scontrol-ping': ['scontrol', 'ping'],
    'scontrol-show-config': ['scontrol', 'show', 'config'],
    srun: ['srun', `--jobid=${job}`, '--overlap', 'true'],
    sacct: ['sacct', '-n', '-P', '-j', job],
  };
  await Promise.all(Object.entries(calls).map(([name, argv]) => recorder.record(`${name}-controller-away`, argv)));
}
