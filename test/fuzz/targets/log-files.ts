import { open } from 'node:fs/promises';
import { parseJsonRecord } from '../../../packages/sidecar-docker/src/log/json-record.ts';
import { type LogLine, selectLines } from '../../../packages/sidecar-sdk/src/log/log-lines.ts';
import { findTail, LogReader } from '../../../packages/sidecar-sdk/src/log/log-reader.ts';
import { parseLogRecord } from '../../../packages/sidecar-sdk/src/log/log-records.ts';
import { readLogEnd, readTerminationFile } from '../../../packages/sidecar-sdk/src/log/termination-message.ts';
import { written } from '../corpus.ts';
import { asFile } from '../scratch.ts';
import { hold, type Target, throwsNothing } from '../target.ts';

/** Log files as containers, and whoever can write there, leave them; and a container's last word. */
export const logFiles: Target = {
  name: 'log-files',
  corpus: written(
    '2027-01-01T00:00:00Z stdout F hello\n2027-01-01T00:00:01Z stderr P part\n2027-01-01T00:00:01Z stderr F end\n',
    '{"log":"hello\\n","stream":"stdout","time":"2027-01-01T00:00:00.1Z"}\n',
  ),
  read: async (input, random) => {
    const path = asFile('log', input);
    const wanted = random.below(4);
    await using file = await open(path);
    const { offset, missing } = await findTail(file, wanted);
    hold(offset >= 0 && offset <= input.length && missing >= 0 && missing <= wanted, 'a tail is within the file');
    const lines: LogLine[] = [];
    const reader = new LogReader(file, offset, random.pick([parseLogRecord, parseJsonRecord]));
    for await (const some of reader.readAvailable()) lines.push(...some);
    hold(lines.length <= wanted - missing + 1 || wanted === 0, 'a tail has no more lines than were wanted');
    selectLines(lines, { tailLines: 1, sinceTime: '2027-01-01T00:00:00Z', timestamps: true }, 0);
    hold((await readTerminationFile(path)).length <= 4_096, 'a last word is short');
    hold((await readLogEnd(path)).length <= 2_048, 'the end of a log is short');
  },
  mayThrow: throwsNothing,
};
