import { parseAttachQuery, parseExecQuery, parseLogQuery, parsePortQuery } from '@interlink/protocol';
import fc from 'fast-check';
import { readLogQuery } from '../../../packages/virtual-kubelet/src/kubelet-api/log-query.ts';
import { parseCommandRequest } from '../../../packages/virtual-kubelet/src/streaming/command/command-request.ts';
import { parsePortList } from '../../../packages/virtual-kubelet/src/streaming/port-forward/ports.ts';
import { written } from '../corpus.ts';
import { hold, type Target } from '../target.ts';

const keys = [
  'tailLines',
  'tail',
  'limitBytes',
  'sinceSeconds',
  'sinceTime',
  'follow',
  'stream',
  'command',
  'tty',
  'port',
];
const pair = fc.tuple(fc.constantFrom(...keys), fc.oneof(fc.string(), fc.integer().map(String), fc.constant('true')));

/** Queries of logs, commands and ports, at the kubelet port and between our processes. */
export const queries: Target = {
  name: 'queries',
  corpus: written(
    'tailLines=10&follow=true&timestamps=1&sinceTime=2027-01-01T00:00:00Z',
    'command=sh&command=-c&command=ls&input=1&output=1&tty=1&stdin=true&stdout=true',
    'port=80,81&port=443',
    'limitBytes=1&sinceSeconds=3&tail=all&stream=All',
  ),
  structured: fc.array(pair, { maxLength: 6 }).map((pairs) => Buffer.from(new URLSearchParams(pairs).toString())),
  read: (input, random) => {
    const query = input.toString();
    const { options, refusal } = readLogQuery(query);
    hold(
      options !== undefined || refusal?.status === 400 || refusal?.status === 422,
      'a log query is taken or refused',
    );
    parseCommandRequest(query);
    for (const port of parsePortList(query) ?? []) hold(port >= 1 && port <= 65_535, 'a port is one');
    const values = Object.fromEntries(new URLSearchParams(query));
    return random.pick([parseLogQuery, parseExecQuery, parseAttachQuery, parsePortQuery])(values);
  },
};
