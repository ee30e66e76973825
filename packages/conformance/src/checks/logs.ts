import { setTimeout as delay } from 'node:timers/promises';
import { type Check, checksOf, needsVerb } from '../check.ts';
import type { CheckContext } from '../context.ts';
import { assertSeen, ConformanceFailure, show } from '../failure.ts';
import { expectStatus } from '../http/answer.ts';
import { hasEnded, isRunning } from '../pods/owned-pods.ts';
import { outputOf } from '../pods/scene.ts';

const lines = ['one', 'two is longer', 'three', 'four', 'the fifth and last'];
const output = outputOf({ lines });

/** The log of an ended container that wrote {@link lines}. */
async function logWith({ pods }: CheckContext, queries: ReadonlyArray<[query: string, wanted: string]>): Promise<void> {
  const { request } = await pods.createEnded({ lines });
  for (const [query, wanted] of queries) {
    const { text } = expectStatus(await pods.log(request.pod.metadata.uid, query), [200]);
    assertSeen(text === wanted, `${query === '' ? 'the whole log' : query}: ${show(wanted)}`, show(text));
  }
}

/** A container's output with the kubelet's options, against output that is known. */
export const logChecks: Check[] = checksOf({ generation: 'v2', section: 'Logs', skip: needsVerb('log') }, [
  {
    name: 'log-whole',
    summary: 'The log of an ended container is what it wrote, byte by byte.',
    run: async (context) => await logWith(context, [['', output]]),
  },
  {
    name: 'log-is-text',
    summary: 'A log is answered as text/plain.',
    run: async ({ pods }) => {
      const { request } = await pods.createEnded({ lines });
      const { contentType } = expectStatus(await pods.log(request.pod.metadata.uid), [200]);
      assertSeen(contentType === 'text/plain', 'content type text/plain', show(contentType));
    },
  },
  {
    name: 'log-tail',
    summary: 'tailLines gives the last lines: none, some, exactly all, more than there are.',
    run: async (context) =>
      await logWith(context, [
        ['?tailLines=0', ''],
        ['?tailLines=2', outputOf({ lines: lines.slice(-2) })],
        [`?tailLines=${lines.length}`, output],
        ['?tailLines=1000', output],
      ]),
  },
  {
    name: 'log-limit',
    summary: 'limitBytes cuts after that many bytes: in the middle of a line, at exactly the size, beyond it.',
    run: async (context) =>
      await logWith(context, [
        ['?limitBytes=6', output.slice(0, 6)],
        [`?limitBytes=${output.length}`, output],
        ['?limitBytes=1000000', output],
      ]),
  },
  {
    name: 'log-since',
    summary: 'sinceTime and sinceSeconds leave out what is older.',
    run: async (context) =>
      await logWith(context, [
        [`?sinceTime=${encodeURIComponent(new Date(Date.now() + hourMs).toISOString())}`, ''],
        [`?sinceTime=${encodeURIComponent(new Date(Date.now() - hourMs).toISOString())}`, output],
        ['?sinceSeconds=3600', output],
      ]),
  },
  {
    name: 'log-timestamps',
    summary: 'timestamps=true puts the RFC 3339 time of its writing and a space before each line.',
    run: async ({ pods }) => {
      const { request } = await pods.createEnded({ lines });
      const { text } = expectStatus(await pods.log(request.pod.metadata.uid, '?timestamps=true'), [200]);
      const bare = text.replaceAll(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d) /gm, '');
      const isStamped = bare === output && text.length >= output.length + lines.length * '2027-01-01T00:00:00Z '.length;
      assertSeen(isStamped, 'each line with its time before it', show(text));
    },
  },
  {
    name: 'log-follow-is-live',
    summary: 'follow=true hands lines over while the container runs on.',
    run: async ({ pods, patienceMs }) => {
      const request = await pods.createRunning({ lines: ['early'] });
      const { body } = await pods.openLog(request.pod.metadata.uid, '?follow=true');
      const late = delay(patienceMs, 'nothing', { ref: false });
      const first = (async () => {
        for await (const chunk of body) return Buffer.from(chunk).toString();
        return 'the end of the log';
      })();
      const seen = await Promise.race([first, late]);
      assertSeen(seen === 'early\n', `"early\\n" while the container runs, within ${patienceMs / 1_000} s`, show(seen));
    },
  },
  {
    name: 'log-follow-ends',
    summary: 'follow=true gives the whole log, lines still to come included, and ends when the container does.',
    run: async ({ pods, patienceMs }) => {
      const request = await pods.create({ lines: ['early', 'late'], lineIntervalSeconds: 1, runSeconds: 1 });
      // On a machine under load the end may be there before the first look; the log and its end are due all the same.
      await pods.until(request, 'running', (report) => isRunning(report) || hasEnded(report));
      const { body } = await pods.openLog(request.pod.metadata.uid, '?follow=true');
      let text = '';
      const read = (async () => {
        for await (const chunk of body) text += Buffer.from(chunk).toString();
        return true;
      })();
      const isOver = await Promise.race([read, delay(patienceMs, false, { ref: false })]);
      read.catch(() => undefined);
      const seen = isOver ? show(text) : `${show(text)}, and no end within ${patienceMs / 1_000} s`;
      if (!isOver || text !== 'early\nlate\n')
        throw new ConformanceFailure({ wanted: '"early\\nlate\\n" and the end', seen });
    },
  },
  {
    name: 'log-previous',
    summary: 'previous=true of a container that was never restarted is answered with 404.',
    run: async ({ pods }) => {
      const { request } = await pods.createEnded({ lines });
      expectStatus(await pods.log(request.pod.metadata.uid, '?previous=true'), [404]);
    },
  },
  {
    name: 'log-of-unknown-container',
    summary: 'The log of a container that the pod does not have is answered with 404.',
    run: async ({ pods }) => {
      const { request } = await pods.createEnded({ lines });
      expectStatus(await pods.log(request.pod.metadata.uid, '', 'nobody'), [404]);
    },
  },
  {
    name: 'log-of-unknown-pod',
    summary: 'The log of a pod that nobody knows is answered with 404.',
    run: async ({ pods }) => {
      expectStatus(await pods.log(pods.requestOf().pod.metadata.uid), [404]);
    },
  },
  {
    name: 'log-refuses-bad-options',
    summary:
      'Log options that are no numbers or times are refused with 400; sinceTime together with sinceSeconds with 422.',
    run: async ({ pods }) => {
      const { request } = await pods.createEnded({ lines });
      const { uid } = request.pod.metadata;
      expectStatus(await pods.log(uid, '?tailLines=many'), [400]);
      expectStatus(await pods.log(uid, '?sinceTime=yesterday'), [400]);
      expectStatus(await pods.log(uid, '?sinceSeconds=1&sinceTime=2027-01-01T00:00:00Z'), [422]);
    },
  },
]);

const hourMs = 3_600_000;
