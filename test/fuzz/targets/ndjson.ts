import { parseNdjson, parseStreamRecord } from '@interlink/protocol';
import { toldLines } from '../../../packages/interlink/src/fan-out/told-capabilities.ts';
import { readWatchLine } from '../../../packages/interlink/src/fan-out/watch-line.ts';
import { readReport, toPodRow } from '../../../packages/interlink/src/ui/board/pod-row.ts';
import { recordedJson, written } from '../corpus.ts';
import { assertSameInParts, outcomeOf, streamOf } from '../in-parts.ts';
import type { Target } from '../target.ts';
import { capabilities } from './samples.ts';

const pod = recordedJson('packages/sidecar-docker/src/testdata/crash-loop.report.json');
const lines = [
  { type: 'bookmark', cursor: '1', snapshot: 'begin' },
  { type: 'pod', cursor: '2', pod },
  { type: 'bookmark', cursor: '3', snapshot: 'end' },
  { type: 'gone', cursor: '4', uid: '11111111-1111-4111-8111-111111111111', last: pod },
  { type: 'capabilities', capabilities },
  {
    type: 'event',
    uid: '11111111-1111-4111-8111-111111111111',
    event: { type: 'Normal', reason: 'Pulled', message: 'x' },
  },
].map((record) => `${JSON.stringify(record)}\n`);

/** The stream of a sidecar as the virtual kubelet reads it. */
export const ndjson: Target = {
  name: 'ndjson-stream',
  corpus: written(lines.join(''), ...lines),
  read: async (input, random) =>
    await assertSameInParts(input, random, async (chunks) => await outcomeOf(recordsOf(chunks))),
};

async function* recordsOf(chunks: Buffer[]) {
  for await (const value of parseNdjson(streamOf(chunks))) yield parseStreamRecord(value);
}

/** A line of it as InterLink and its pages look at it on its way. */
export const watchLines: Target = {
  name: 'watch-lines',
  corpus: ndjson.corpus,
  read: (input) => {
    toldLines(input, (told) => told);
    toPodRow(readReport(input.toString()));
    readWatchLine(input.toString());
  },
};
