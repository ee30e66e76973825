import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { planNodes } from './plan-nodes.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interlink-plan-'));
});
afterAll(async () => await rm(folder, { recursive: true }));

async function providerFile(text: string): Promise<string> {
  const file = join(folder, `${crypto.randomUUID()}.yaml`);
  await writeFile(file, text);
  return file;
}

const env = { POD_IP: '10.0.0.1' };
const virtualNodes = [{ Name: 'a', Resources: { CPU: 1 } }, { Name: 'b' }];
const namesOf = (nodes: ReadonlyArray<{ name: string }>) => nodes.map(({ name }) => name);

test.each([
  [{}, {}, 'virtual-kubelet'],
  [{}, { NODENAME: 'n' }, 'n'],
  [{}, { DEFAULT_NODE_NAME: 'd' }, 'd'],
  [{ nodename: 'f' }, { NODENAME: 'n', DEFAULT_NODE_NAME: 'd' }, 'f'],
])('planNodes() without a list, of flags %j and environment %j, is the node %s', async (flags, more, name) => {
  const [node, ...others] = await planNodes({ flags, env: { ...env, ...more }, virtualNodes: undefined });
  expect(node).toMatchObject({ name, pool: undefined, address: '10.0.0.1', kubeletPort: 10250 });
  expect(others).toEqual([]);
});

test('planNodes() has all nodes of the list, or the one that is named', async () => {
  expect(namesOf(await planNodes({ flags: {}, env, virtualNodes }))).toEqual(['a', 'b']);
  const [named] = await planNodes({ flags: { nodename: 'b' }, env, virtualNodes });
  expect(named).toMatchObject({ name: 'b', kubeletPort: 10251 });
  await expect(planNodes({ flags: { nodename: 'c' }, env, virtualNodes })).rejects.toMatchObject({
    code: 'invalid_argument',
    message: 'The node "c" is none of VirtualNodes: a, b',
  });
});

test('planNodes() lets the list go before the provider file, key by key', async () => {
  const providerConfig = await providerFile(
    'Resources: { CPU: 9, Memory: 1Gi }\nNodeLabels: [ a=b ]\nPodIP: 1.2.3.4\n',
  );
  const [a, b] = await planNodes({ flags: { providerConfig }, env, virtualNodes });
  expect(a?.settings.capacity).toEqual({ cpu: '1', memory: '1Gi' });
  expect(b?.settings).toMatchObject({ capacity: { cpu: '9', memory: '1Gi' }, labels: { a: 'b' } });
  expect(b?.settings.warnings).toHaveLength(1);
});

test.each([['http'], ['65536'], ['-1']])('planNodes() refuses $KUBELET_PORT %s', async (KUBELET_PORT) => {
  await expect(planNodes({ flags: {}, env: { KUBELET_PORT }, virtualNodes: undefined })).rejects.toThrow(
    `$KUBELET_PORT is "${KUBELET_PORT}": a port number is wanted`,
  );
});
