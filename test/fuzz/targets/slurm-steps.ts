import { Readable } from 'node:stream';
import { parseMessage } from '../../../packages/sidecar-slurm/src/remote/messages.ts';
import { StepReader } from '../../../packages/sidecar-slurm/src/remote/step-reader.ts';
import { LastWord } from '../../../packages/sidecar-slurm/src/streams/last-word.ts';
import { recordContent } from '../../../packages/sidecar-slurm/src/streams/record-content.ts';
import { written } from '../corpus.ts';
import { assertSameInParts, type Outcome, outcomeOf } from '../in-parts.ts';
import { hold, isPlainError, type Target, throwsNothing } from '../target.ts';

const containers = new Set(['a']);

async function* messagesOf(chunks: Buffer[]) {
  const reader = new StepReader(Readable.from(chunks));
  for (let line = await reader.line(); line !== undefined; line = await reader.line()) {
    const message = parseMessage(line, containers);
    const content: Buffer[] = [];
    if (message.kind === 'more' || message.kind === 'whole')
      for await (const part of reader.bytes(message.length)) content.push(part);
    yield { message, content: Buffer.concat(content) };
  }
}

/** What a job's step tells where nodes do not see the pod's folder. */
export const stepMessages: Target = {
  name: 'step-messages',
  corpus: written(
    'hello 1 12 0 waiting /tmp/x\nnews\n',
    'more 0 5 containers/a/1/log\nhello' + 'whole 3 pod.state\na=b' + 'fetched\n',
    'whole 2 containers/a/state\nokupdated\nabsent\n',
  ),
  read: async (input, random) =>
    await assertSameInParts(input, random, async (chunks) => await outcomeOf(messagesOf(chunks))),
  mayThrow: isPlainError,
};

async function contentOf(chunks: Buffer[]): Promise<Outcome> {
  const { read, error } = await outcomeOf(recordContent(Readable.from(chunks)));
  return { read: [Buffer.concat(read as Buffer[])], ...(error === undefined ? {} : { error }) };
}

/** A container's output, as records of its log. */
export const recordStreams: Target = {
  name: 'log-record-streams',
  corpus: written('2027-01-01T00:00:00Z stdout F hello\n2027-01-01T00:00:01Z stderr P part\n'),
  read: async (input, random) => await assertSameInParts(input, random, contentOf),
  mayThrow: throwsNothing,
};

const mark = 'interlink-last-word-7f3c9d2e ';

async function wordOf(chunks: Buffer[]): Promise<Outcome> {
  const word = new LastWord(mark);
  const { read } = await outcomeOf(Readable.from(chunks).pipe(word));
  return { read: [Buffer.concat(read as Buffer[]), word.exitCode] };
}

/** Standard error of a step, with the exit code behind a mark. */
export const lastWords: Target = {
  name: 'last-words',
  corpus: written(
    `ls: no such file\n${mark}3\nsrun: error: c1: task 0: Exited with exit code 3\n`,
    mark.slice(0, 9),
    `${mark}999\n`,
  ),
  read: async (input, random) => {
    const [, exitCode] = await assertSameInParts(input, random, wordOf);
    hold(exitCode === undefined || Number.isInteger(exitCode), 'an exit code is a number');
  },
  mayThrow: throwsNothing,
};
