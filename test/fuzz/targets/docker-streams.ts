import fc from 'fast-check';
import { parseEngineEvent } from '../../../packages/sidecar-docker/src/engine/engine-event.ts';
import { readJsonLines } from '../../../packages/sidecar-docker/src/engine/json-lines.ts';
import { PullProgress } from '../../../packages/sidecar-docker/src/image/pull-progress.ts';
import { demultiplex, splitOutput } from '../../../packages/sidecar-docker/src/log/demux.ts';
import { parseJsonRecord } from '../../../packages/sidecar-docker/src/log/json-record.ts';
import { written } from '../corpus.ts';
import { assertSameInParts, type Outcome, outcomeOf, streamOf } from '../in-parts.ts';
import { type Target, throwsNothing } from '../target.ts';

function part(stream: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

async function outputOf(chunks: Buffer[]): Promise<Outcome> {
  const all: Buffer[] = [];
  for await (const payload of demultiplex(streamOf(chunks))) all.push(Buffer.from(payload));
  const byStream = new Map<number, Buffer>();
  for await (const { stream, payload } of splitOutput(streamOf(chunks)))
    byStream.set(stream, Buffer.concat([byStream.get(stream) ?? Buffer.alloc(0), payload]));
  return { read: [Buffer.concat(all), byStream] };
}

/** Output of containers and commands, both streams in one. */
export const dockerOutput: Target = {
  name: 'docker-output',
  corpus: written(
    Buffer.concat([part(1, Buffer.from('out\n')), part(2, Buffer.from('err\n')), part(1, Buffer.alloc(0))]),
  ),
  structured: fc
    .array(fc.tuple(fc.nat(255), fc.uint8Array({ maxLength: 30 })), { maxLength: 5 })
    .map((parts) => Buffer.concat(parts.map(([stream, payload]) => part(stream, payload)))),
  read: async (input, random) => await assertSameInParts(input, random, outputOf),
  mayThrow: throwsNothing,
};

/** The engine's events, and what it says of a pull. */
export const dockerEvents: Target = {
  name: 'docker-events',
  corpus: written(
    '{"Type":"container","Action":"die","Actor":{"ID":"0a","Attributes":{"interlink.eu/pod-uid":"u","exitCode":"1"}},"timeNano":1}\n',
    '{"status":"Downloading","id":"a","progressDetail":{"current":1,"total":20}}\n{"status":"Pull complete","id":"a"}\n',
  ),
  read: async (input, random) => {
    const values = await assertSameInParts(
      input,
      random,
      async (chunks) => await outcomeOf(readJsonLines(streamOf(chunks))),
    );
    const progress = new PullProgress();
    for (const value of values) {
      parseEngineEvent(value);
      progress.note(value);
    }
    progress.render();
  },
};

/** A line of the engine's own log file. */
export const dockerLogRecords: Target = {
  name: 'docker-log-records',
  corpus: written({ log: 'hello\n', stream: 'stdout', time: '2027-01-01T00:00:00.12Z' }),
  read: (input) => parseJsonRecord(input),
  mayThrow: throwsNothing,
};
