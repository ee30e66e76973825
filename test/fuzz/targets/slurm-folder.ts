import { isDeepStrictEqual } from 'node:util';
import { parseEvent } from '../../../packages/sidecar-slurm/src/folder/job-events.ts';
import { parseContainerRecord, parsePodState } from '../../../packages/sidecar-slurm/src/folder/job-record.ts';
import { formatKeyValues, parseKeyValues } from '../../../packages/sidecar-slurm/src/folder/key-values.ts';
import { parseFolderName } from '../../../packages/sidecar-slurm/src/folder/pod-folder.ts';
import { written } from '../corpus.ts';
import { hold, type Target, throwsNothing } from '../target.ts';

/** What a job writes into its pod's folder, where a pod without walls may write as well. */
export const slurmFolder: Target = {
  name: 'job-folder',
  corpus: written(
    'job_id=12\nrestart_count=0\nphase=running\nnode=c1\nip=10.0.0.1\nstarted_at=2027-01-01T00:00:00Z\nmessage=a\\nb\\\\c\n',
    'attempt=2\nstate=terminated\nreason=Error\nexit_code=137\nsignal=9\nfinished_at=2027-01-01T00:00:00.5Z\nlast_exit_code=1\n',
    '1800000000\tWarning\tBackOff\ta\tBack-off \\n restarting',
    'default-11111111-1111-4111-8111-111111111111',
  ),
  read: (input) => {
    const text = input.toString();
    const values = parseKeyValues(text);
    hold(
      isDeepStrictEqual(parseKeyValues(formatKeyValues(Object.fromEntries(values))), values),
      'values are read back',
    );
    const container = parseContainerRecord(text);
    const state = parsePodState(text, new Map());
    for (const time of [state?.startedAt, state?.finishedAt, container?.startedAt, container?.finishedAt])
      hold(time === undefined || !Number.isNaN(Date.parse(time)), 'a time is one');
    for (const line of text.split('\n')) parseEvent(line);
    parseFolderName(text);
  },
  mayThrow: throwsNothing,
};
