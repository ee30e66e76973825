import { expect, test } from 'vitest';
import { podIn, reportOf, virtualNode } from '../testing/objects.ts';
import { isAnything, type StatusFacts, toReport } from '../to-report.ts';
import { renderText } from './render-text.ts';

const now = new Date('2027-01-01T00:01:00Z');
const nothing: StatusFacts = { configuration: undefined, cluster: undefined, site: undefined, notes: [] };
const silent = { protocols: [], backend: undefined, pools: [], warnings: [] };

test('renderText() shows nodes, pods, peers and pools, with ages by the report’s own time', () => {
  const facts: StatusFacts = {
    configuration: '/etc/interlink/InterLinkConfig.yaml',
    cluster: {
      nodes: [virtualNode('my-node')],
      pods: [
        podIn('Running', 'web', { spec: { containers: [], nodeName: 'my-node' } }),
        podIn('Pending', 'job', { spec: { containers: [], nodeName: 'my-node' }, status: { reason: 'Waits' } }),
      ],
      unscheduled: [],
      heardAt: new Map([['my-node', '2027-01-01T00:00:57Z']]),
    },
    site: {
      peers: [
        {
          ...{ name: 'InterLink', url: 'http://127.0.0.1:3000', trouble: undefined, protocols: ['v2', 'v1'] },
          ...{ backend: 'slurm 24.11', pools: [{ name: 'cpu', capacity: { cpu: '128' } }], warnings: ['old'] },
        },
        {
          ...{ name: 'the sidecar a', url: 'http://127.0.0.1:4001', trouble: undefined, protocols: ['v1'] },
          ...{ backend: 'slurm 24.11', pools: [], warnings: ['old', 'slow'] },
        },
        { name: 'the sidecar b', url: 'http://127.0.0.1:4002', trouble: 'connect ECONNREFUSED', ...silent },
      ],
      owners: [
        {
          ...{ owner: { cluster: 'c', node: 'my-node' }, heardAt: now.toISOString(), trouble: undefined },
          reports: [reportOf('1', {})],
        },
      ],
    },
    notes: [],
  };
  expect(renderText(toReport(facts, new Set(), now))).toBe(`\
InterLink at 2027-01-01T00:01:00.000Z; configuration: /etc/interlink/InterLinkConfig.yaml

Virtual nodes
  NAME      STATE   RUNTIME         LAST HEARD      CAPACITY         BACKEND
  my-node   Ready   slurm://24.11   3 seconds ago   cpu 4, pods 10   the backend is within reach

Pods, as Kubernetes has them
  NODE      PENDING   RUNNING   SUCCEEDED   FAILED   UNKNOWN   TERMINATING
  my-node   1         1         0           0        0         0

Oldest pending
  default/job on my-node, for 1 minute: Waits

InterLink and sidecars
  InterLink at http://127.0.0.1:3000: answers, protocol v2 and v1, slurm 24.11
      pool cpu: cpu 128
      warning: old
  the sidecar a at http://127.0.0.1:4001: answers, protocol v1, slurm 24.11
      warning: slow
  the sidecar b at http://127.0.0.1:4002: TROUBLE
      connect ECONNREFUSED

Pods, as the backend has them
  OWNER       QUEUED   STARTING   RUNNING   SUCCEEDED   FAILED   UNREADABLE   LAST HEARD
  c/my-node   0        1          0         0           0        0            0 seconds ago

Oldest pending at the backend
  default/1 on my-node: nobody has said why yet
`);
});

test('renderText() says what to do where no pods can be asked for, and what could not be looked at', () => {
  const site = { peers: [], owners: [] };
  const text = renderText(toReport({ ...nothing, site, notes: ['No way to the cluster'] }, new Set(), now));
  expect(text).toContain('--owner CLUSTER/NODE');
  expect(text).toMatch(/\nNotes\n {2}No way to the cluster\n$/);
});

test('toReport() lets no pod, node or peer drive the terminal, begin a line, or repeat a secret', () => {
  const evil = 'Bearer hunter2-of-the-account \u001b[2J\u009b31m\u202e\r\nInterLink is well';
  const pod = podIn('Pending', 'p', {
    spec: { containers: [], nodeName: 'n' },
    status: { reason: 'R', message: evil },
  });
  const facts: StatusFacts = {
    ...nothing,
    cluster: {
      nodes: [virtualNode('n', { capacity: { [evil]: evil } })],
      pods: [pod],
      unscheduled: [],
      heardAt: new Map(),
    },
    site: {
      peers: [{ ...silent, name: 'InterLink', url: 'u', trouble: evil }],
      owners: [
        {
          owner: { cluster: 'c', node: 'n' },
          reports: [reportOf('1', { message: evil })],
          ...{ heardAt: undefined, trouble: evil },
        },
      ],
    },
    notes: [evil],
  };
  const report = toReport(facts, new Set(['hunter2-of-the-account']), now);
  for (const text of [renderText(report), JSON.stringify(report)]) {
    expect(text).toContain('Bearer … [2J31m InterLink is well');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are the ones that must not be there.
    expect(text).not.toMatch(/hunter2|[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]|\nInterLink is well/);
  }
});

test('isAnything() is false when nobody answers', () => {
  const peer = { ...silent, name: 'InterLink', url: 'u', trouble: 'refused' };
  const site = (trouble: string | undefined) => ({ peers: [{ ...peer, trouble }], owners: [] });
  const told = (facts: Partial<StatusFacts>) => isAnything(toReport({ ...nothing, ...facts }, new Set(), now));
  expect([told({}), told({ site: site('refused') }), told({ site: site(undefined) })]).toEqual([false, false, true]);
});
