import { join } from 'node:path';
import { waitFor } from '../../wait-for.ts';
import { Jobs } from './jobs.ts';
import { Recorder } from './recorder.ts';
import { openRecordingBed } from './recording-bed.ts';
import { recordControllerAway, recordOddCalls, recordSubmissions } from './refusals.ts';
import { recordJobs, recordNodes, recordSettings } from './snapshots.ts';

// Records what the commands of both Slurm versions print, for the parsers' tests (some minutes each, as root):
//   node --conditions=interlink-source test/testbed/slurm/recording/record.ts host     Slurm of this machine (Debian 12: 22.05)
//   node --conditions=interlink-source test/testbed/slurm/recording/record.ts cluster  that of the cluster in containers (24.11)

const TESTDATA = join(import.meta.dirname, '../../../../packages/sidecar-slurm/src/slurm/testdata');
/** A time limit of a minute ends when Slurm looks, up to half a minute later. */
const TIME_LIMIT_MS = 150_000;
const NODE_FAIL_MS = 120_000;

await using cleanUp = new AsyncDisposableStack();
const bed = await openRecordingBed(process.argv[2] ?? '', cleanUp);
const release = bed.version.split('.').slice(0, 2).join('.');
const recorder = new Recorder(bed.shell, join(TESTDATA, release));
const jobs = new Jobs(recorder, bed.nodes);
const say = (line: string) => process.stdout.write(`${line}\n`);

say(`Recording Slurm ${bed.version} into ${join(TESTDATA, release)}`);
await recorder.open();
await recordSettings(recorder);
await recordNodes(recorder, 'idle');
await recordSubmissions(recorder);
const timeout = await jobs.submit('timeout', 'sleep 1000', '--time=1');
say('Preemption');
await jobs.preempt();
say('Jobs that wait, end, are put aside');
await jobs.end();
await jobs.submitWaiting();
const everywhere = await jobs.submit(
  'running-everywhere',
  'sleep 1000',
  `--nodes=${bed.nodes.length}`,
  '--gres=gpu:a100:1',
);
await jobs.reach(everywhere, 'RUNNING');
const waiting = await jobs.submit('waiting', 'true', '--hold');
const ended = await jobs.submit('ended', 'true');
await jobs.reach(ended, 'COMPLETED');
await jobs.putAside();
const deadline = await jobs.submitToFullCluster();
await recordJobs(recorder, 'busy');
await recordNodes(recorder, 'busy');
await recordOddCalls(recorder, { running: everywhere, waiting, ended });
say('Time limits');
await jobs.reach(timeout, 'TIMEOUT', TIME_LIMIT_MS);
await jobs.reach(deadline, 'DEADLINE', TIME_LIMIT_MS);
await recordJobs(recorder, 'later');
say('A node that dies');
const node = bed.nodes.at(-1) ?? '';
const doomed = await jobs.submit('node-fail', 'sleep 1000', `--nodelist=${node}`);
const restarted = await jobs.submit('node-fail-requeued', 'sleep 1000', `--nodelist=${node}`, '--requeue');
for (const id of [doomed, restarted]) await jobs.reach(id, 'RUNNING');
await jobs.asRoot('scontrol', 'update', `nodename=${bed.nodes[0]}`, 'state=drain', 'reason=a new disk|soon');
await recordNodes(recorder, 'draining');
await bed.killNode(node);
await jobs.reach(doomed, 'NODE_FAIL', NODE_FAIL_MS);
await waitFor('the other job to wait again', async () => (await jobs.state(restarted)).startsWith('PENDING'));
await recordJobs(recorder, 'node-fail');
await recordNodes(recorder, 'node-fail');
say('slurmctld away');
await bed.stopController();
await recordControllerAway(recorder, everywhere);
await recorder.close();
