import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseVirtualNodes } from './virtual-nodes.ts';

const defaults = { address: '10.0.0.1', kubeletPort: 10250 };
const load = (yaml: string, given = defaults) => parseVirtualNodes(parse(yaml) as unknown[], given);

function problemsOf(yaml: string, given = defaults): string {
  try {
    load(yaml, given);
    return 'none';
  } catch (error) {
    return String(error);
  }
}

const nothing = { capacity: {}, labels: {}, taints: [], kubelet: {}, warnings: [] };

test('parseVirtualNodes() reads what describes a node, and takes the rest from the defaults, a port each', () => {
  const yaml = `
- Name: gpu
  Pool: a100
  Address: 10.0.0.9
  KubeletPort: 0
  Resources: { CPU: 8, Memory: 16Gi, Pods: 20, Accelerators: [ { ResourceType: nvidia.com/gpu, Available: 2 } ] }
  NodeLabels: [ pool=a100 ]
  NodeTaints: [ { Key: gpu, Value: only, Effect: NoSchedule } ]
- Name: batch.long
`;
  expect(load(yaml)).toEqual([
    {
      name: 'gpu',
      pool: 'a100',
      address: '10.0.0.9',
      kubeletPort: 0,
      settings: {
        capacity: { cpu: '8', memory: '16Gi', pods: '20', 'nvidia.com/gpu': '2' },
        labels: { pool: 'a100' },
        taints: [{ key: 'gpu', value: 'only', effect: 'NoSchedule' }],
        kubelet: {},
        warnings: [],
      },
    },
    { name: 'batch.long', pool: undefined, address: '10.0.0.1', kubeletPort: 10251, settings: nothing },
  ]);
});

test('parseVirtualNodes() gives every node any free port when that is the default', () => {
  const nodes = load('[ { Name: a }, { Name: b } ]', { ...defaults, kubeletPort: 0 });
  expect(nodes.map(({ kubeletPort }) => kubeletPort)).toEqual([0, 0]);
});

test('parseVirtualNodes() tells every problem at once, by its place', () => {
  const message = problemsOf(`
- { Name: twice, Resources: { CPU: many, Memroy: 1Gi } }
- { Name: twice, KubletPort: 1 }
- { Name: Upper_Case, Pool: 7, NodeLabels: { a: b } }
- { Pool: "" }
- text
- { Name: x, KubeletPort: 70000 }
`);
  for (const problem of [
    'VirtualNodes[0].Resources.CPU is "many": a Kubernetes quantity is wanted',
    'unknown key VirtualNodes[0].Resources.Memroy: did you mean Memory?',
    'unknown key VirtualNodes[1].KubletPort: did you mean KubeletPort?',
    'VirtualNodes has two nodes named twice',
    'VirtualNodes[2].Name is "Upper_Case": the name of a node is wanted',
    'VirtualNodes[2].Pool is 7: a text is wanted',
    'VirtualNodes[2].NodeLabels is {"a":"b"}: a list is wanted',
    'VirtualNodes[3].Name is "": the name of a node is wanted',
    'VirtualNodes[3].Pool is "": a text is wanted',
    'VirtualNodes[4] is "text": a map is wanted',
    'VirtualNodes[5].KubeletPort is 70000: a port number is wanted',
  ]) {
    expect(message).toContain(problem);
  }
});

test.each<[string, string, string, number?]>([
  ['an empty list', '[]', 'VirtualNodes is empty'],
  ['one port for two', '[ { Name: a, KubeletPort: 7 }, { Name: b, KubeletPort: 7 } ]', 'a and b have the same'],
  ['a port that is the default of another', '[ { Name: a, KubeletPort: 10251 }, { Name: b } ]', 'KubeletPort 10251'],
  ['a default past the last port', '[ { Name: a }, { Name: b } ]', 'none', 65_534],
  ['more defaults than ports', '[ { Name: a }, { Name: b } ]', 'VirtualNodes[1].KubeletPort is 65536', 65_535],
])('parseVirtualNodes() of %s: %s says %s', (_, yaml, message, kubeletPort = 10250) => {
  expect(problemsOf(yaml, { ...defaults, kubeletPort })).toContain(message);
});
