import { join } from 'node:path';
import { CHARGED_ACCOUNT, LIMITED_QOS } from '../host-accounting.ts';
import { startOwnSlurmHost } from '../own-slurm.ts';
import { Jobs } from './jobs.ts';
import { Recorder } from './recorder.ts';
import { SQUEUE_SHORT_FIELDS, toFields } from './snapshots.ts';

// Records what sacct and sbatch say on a site with slurmdbd, which remembers jobs and knows who may have them (four minutes, as root):
//   node --conditions=interlink-source test/testbed/slurm/recording/record-accounting.ts

const TESTDATA = join(import.meta.dirname, '../../../../packages/sidecar-slurm/src/slurm/testdata');
const TIME_LIMIT_MS = 150_000;
const SACCT_FIELDS = [
  ...['JobID', 'JobIDRaw', 'State', 'ExitCode', 'DerivedExitCode', 'Reason', 'Submit', 'Start', 'End', 'Elapsed'],
  ...['NodeList', 'Partition', 'TimelimitRaw', 'User', 'Account', 'QOS', 'JobName', 'Comment'],
];
const SACCT = ['sacct', '-n', '-P', `--format=${SACCT_FIELDS.join()}`];
const EPOCH = { SLURM_TIME_FORMAT: '%s' };

await using host = await startOwnSlurmHost({ accounting: true, settings: { MinJobAge: 60 } });
const release = host.data.version.split('.').slice(0, 2).join('.');
const recorder = new Recorder(host.shell, join(TESTDATA, `${release}-slurmdbd`));
const jobs = new Jobs(recorder, [host.data.node]);
await recorder.open();

const submit = ['sbatch', '--parsable', '--output=/dev/null', '--hold'];
await recorder.record('sbatch-accepted', [...submit, `--account=${CHARGED_ACCOUNT}`, '--wrap=true']);
await recorder.record('sbatch-unknown-account', [...submit, '--account=nobody', '--wrap=true']);
await recorder.record('sbatch-unknown-qos', [...submit, '--qos=nothing', '--wrap=true']);
await recorder.record('sbatch-qos', [...submit, `--qos=${LIMITED_QOS}`, '--wrap=true']);
await recorder.record('sbatch-too-many-jobs', [...submit, `--qos=${LIMITED_QOS}`, '--wrap=true']);

const timeout = await jobs.submit('timeout', 'sleep 1000', '--time=1');
await jobs.preempt();
await jobs.end();
const running = await jobs.submit('running', 'sleep 1000');
await jobs.reach(running, 'RUNNING');
const requeued = await jobs.submit('requeued', 'sleep 1000', '--requeue');
await jobs.reach(requeued, 'RUNNING');
await jobs.asRoot('scontrol', 'requeue', requeued);
const killed = await jobs.submit('cancelled-by-root', 'sleep 1000');
await jobs.reach(killed, 'RUNNING');
await jobs.asRoot('scancel', killed);
await jobs.submit('array', 'exit 4', '--array=3-4');
await jobs.reach(timeout, 'TIMEOUT', TIME_LIMIT_MS);

// Forgotten by slurmctld, but not by the database.
await jobs.forget(timeout);
await recorder.record('squeue-forgotten-job', [
  'squeue',
  '-h',
  '-t',
  'all',
  '-j',
  timeout,
  '-O',
  toFields(SQUEUE_SHORT_FIELDS),
]);
await recorder.record('squeue', ['squeue', '-h', '-t', 'all', '-O', toFields(SQUEUE_SHORT_FIELDS)], { env: EPOCH });
await recorder.record('sacct', [...SACCT, '-X'], { env: EPOCH });
await recorder.record('sacct-local-time', [...SACCT, '-X']);
await recorder.record('sacct-duplicates', [...SACCT, '-X', '-D'], { env: EPOCH });
await recorder.record('sacct-steps', [...SACCT], { env: EPOCH });
await recorder.record('sacct-job', [...SACCT, '-X', '-j', timeout], { env: EPOCH });
await recorder.record('sacct-known-and-unknown-job', [...SACCT, '-X', '-j', `${timeout},99999999`], { env: EPOCH });
await recorder.record('sacct-unknown-job', [...SACCT, '-X', '-j', '99999999'], { env: EPOCH });
await recorder.record('sacct-not-a-job', [...SACCT, '-X', '-j', 'x'], { env: EPOCH });
await recorder.record('sacctmgr-associations', [
  'sacctmgr',
  '-n',
  '-P',
  'show',
  'associations',
  'format=Account,User,QOS',
]);
await recorder.record('scontrol-show-config', ['scontrol', 'show', 'config']);
await host.stopController('SIGTERM');
await recorder.record('sacct-controller-away', [...SACCT, '-X', '-j', timeout], { env: EPOCH });
await recorder.close();
