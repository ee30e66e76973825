import { expect, test } from 'vitest';
import { parseMessage } from './messages.ts';

const containers = new Set(['main', 'a-b']);

test.each([
  ['absent', { kind: 'absent' }],
  ['news', { kind: 'news' }],
  ['updated', { kind: 'updated' }],
  ['fetched', { kind: 'fetched' }],
  [
    'hello 2 4711 1 waiting /scratch/a b/interlink-pod.x',
    { kind: 'hello', number: 2, jobId: '4711', restarts: 1, isGiven: false, folder: '/scratch/a b/interlink-pod.x' },
  ],
  ['hello 1 7 0 given /tmp/x', { kind: 'hello', number: 1, jobId: '7', restarts: 0, isGiven: true, folder: '/tmp/x' }],
  ['more 0 12 events', { kind: 'more', offset: 0, length: 12, path: 'events' }],
  [
    'more 5 9999999999 containers/a-b/10/log',
    { kind: 'more', offset: 5, length: 9_999_999_999, path: 'containers/a-b/10/log' },
  ],
  ['whole 0 pod.state', { kind: 'whole', length: 0, path: 'pod.state' }],
  ['whole 40 containers/main/state', { kind: 'whole', length: 40, path: 'containers/main/state' }],
  ['whole 40 containers/main/0/termination', { kind: 'whole', length: 40, path: 'containers/main/0/termination' }],
])('parseMessage() reads %j', (line, message) => {
  expect(parseMessage(line, containers)).toEqual(message);
});

test.each([
  '',
  'goodbye',
  'news 1',
  'hello 1 7 0 given relative',
  'hello 1 7;id 0 given /tmp/x',
  // What the sidecar writes itself is never taken from a job, nor what is another's.
  'whole 9 request.json',
  'whole 9 claim',
  'whole 9 link.json',
  'whole 9 job.sh',
  'whole 9 containers/main/enter',
  'more 0 9 containers/main/state',
  'more 0 9 containers/other/0/log',
  'more 0 9 containers/main/0/../../../claim',
  'more 0 9 containers/../containers/main/0/log',
  'more 0 9 /etc/passwd',
  'more 0 9 ../events',
  'more -1 9 events',
  'more 0 9e9 events',
  'whole 300000 pod.state',
])('parseMessage() takes %j for no message', (line) => {
  expect(() => parseMessage(line, containers)).toThrow('is no message of a job');
});
