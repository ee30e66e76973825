import { type LogOptions, sleep } from '@interlink/sidecar-sdk';
import { before, isFor, queryOf, rewriteProblem, route } from './hooks.ts';
import { inBackend, inServer, type Misbehaviour } from './misbehaviour.ts';
import { retype } from './streams.ts';
import { volumeChecksByLog } from './volumes.ts';

/** Reads the log with other options than were asked for. */
function withOptions(change: (options: LogOptions) => LogOptions): Misbehaviour['begin'] {
  return inBackend((backend) => ({
    logs: async (pod, container, options, signal) => await backend.logs(pod, container, change(options), signal),
  }));
}

/** Hands on the log's chunks in another way. */
function withChunks(
  change: (chunks: AsyncIterable<Uint8Array>, options: LogOptions, signal: AbortSignal) => AsyncIterable<Uint8Array>,
): Misbehaviour['begin'] {
  return inBackend((backend) => ({
    logs: async (pod, container, options, signal) =>
      change(await backend.logs(pod, container, options, signal), options, signal),
  }));
}

/** Answers 200 and an empty log in place of a refusal. */
function forgive(refused: (problem: { status: number; detail: string }) => boolean): Misbehaviour['begin'] {
  return inServer((app) =>
    rewriteProblem(app, (problem, request, reply) => {
      if (isFor(request, route.log) && refused(problem)) reply.code(200);
      return problem;
    }),
  );
}

async function* untilLast(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Uint8Array | undefined;
  for await (const chunk of chunks) {
    if (held !== undefined) yield held;
    held = chunk;
  }
}

async function* atOnce(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield Buffer.concat(await Array.fromAsync(chunks));
}

async function* andThenNothing(chunks: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  yield* chunks;
  while (!signal.aborted) await sleep(1_000_000, signal);
}

export const logMisbehaviours: ReadonlyArray<Misbehaviour> = [
  {
    name: 'truncated-log',
    summary: 'A log that is read from its beginning lacks its last line.',
    caughtBy: ['log-whole', 'log-limit', 'v1-log-whole', 'delete-waits-for-grace', ...volumeChecksByLog],
    begin: withChunks((chunks, options) => (Object.keys(options).length === 0 ? untilLast(chunks) : chunks)),
  },
  {
    name: 'log-as-bytes',
    summary: 'A log has the wrong content type.',
    caughtBy: ['log-is-text'],
    begin: inServer((app) => retype(app, route.log, 'application/octet-stream')),
  },
  {
    name: 'tail-off-by-one',
    summary: 'tailLines gives one line too many.',
    caughtBy: ['log-tail', 'v1-log-tail'],
    begin: withOptions(({ tailLines, ...rest }) =>
      tailLines === undefined ? rest : { ...rest, tailLines: tailLines + 1 },
    ),
  },
  {
    name: 'limit-ignored',
    summary: 'limitBytes is ignored.',
    caughtBy: ['log-limit'],
    begin: inServer((app) => before(app, route.log, (request) => void delete queryOf(request).limitBytes)),
  },
  {
    name: 'since-ignored',
    summary: 'sinceTime and sinceSeconds are ignored.',
    caughtBy: ['log-since'],
    begin: withOptions(({ sinceTime: _, sinceSeconds: __, ...rest }) => rest),
  },
  {
    name: 'timestamps-missing',
    summary: 'timestamps is ignored.',
    caughtBy: ['log-timestamps'],
    begin: withOptions(({ timestamps: _, ...rest }) => rest),
  },
  {
    name: 'follow-at-the-end',
    summary: 'A followed log is handed over when it has ended.',
    caughtBy: ['log-follow-is-live'],
    begin: withChunks((chunks, { follow }) => (follow === true ? atOnce(chunks) : chunks)),
  },
  {
    name: 'follow-hangs',
    summary: 'A followed log does not end with its container.',
    caughtBy: ['log-follow-ends'],
    begin: withChunks((chunks, { follow }, signal) => (follow === true ? andThenNothing(chunks, signal) : chunks)),
  },
  {
    name: 'previous-is-current',
    summary: 'previous gives the current log.',
    caughtBy: ['log-previous'],
    begin: withOptions(({ previous: _, ...rest }) => rest),
  },
  {
    name: 'ok-for-unknown-container',
    summary: 'The log of a container that is not there is answered with 200.',
    caughtBy: ['log-of-unknown-container'],
    begin: forgive(({ detail }) => detail.startsWith('No container ')),
  },
  {
    name: 'ok-for-unknown-pod',
    summary: 'The log of a pod that is not there is answered with 200.',
    caughtBy: ['log-of-unknown-pod'],
    begin: forgive(({ detail }) => /^No pod \S+ here$/.test(detail)),
  },
  {
    name: 'ok-for-bad-log-options',
    summary: 'Log options that make no sense are answered with 200.',
    caughtBy: ['log-refuses-bad-options'],
    begin: forgive(({ status }) => status === 400 || status === 422),
  },
  {
    name: 'unknown-pod-is-500',
    summary: 'The log of a pod that is not there is a failure of the sidecar’s own.',
    caughtBy: ['owners-log-apart', 'log-of-unknown-pod'],
    begin: inServer((app) =>
      rewriteProblem(app, (problem, request, reply) => {
        if (isFor(request, route.log) && problem.detail.startsWith('No pod ')) reply.code(500);
        return problem;
      }),
    ),
  },
];
