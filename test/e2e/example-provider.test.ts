import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { kubectl, testClusters, waitFor } from '../testbed/index.ts';

const testbed = inject('testbed');
const example = join(import.meta.dirname, '../../examples/provider-minimal/provider.ts');
const nodeName = 'example-provider';

describe.skipIf(testbed.controlPlane === undefined).for(testClusters(testbed))(
  'the provider of the package’s README as a node of $name',
  ({ open }) => {
    const closing: Array<() => Promise<unknown>> = [];
    let run: (...args: string[]) => Promise<string>;

    beforeAll(async () => {
      const { kubeconfig, close } = await open();
      closing.push(close);
      run = async (...args) => {
        const { exitCode, stdout, stderr } = await kubectl(testbed, args, { kubeconfig });
        if (exitCode !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
        return stdout;
      };
      const directory = await mkdtemp(join(tmpdir(), 'interlink-example-'));
      closing.push(() => rm(directory, { recursive: true, force: true }));
      const env = { PATH: process.env.PATH, HOME: directory, KUBECONFIG: kubeconfig, NODENAME: nodeName };
      const child = spawn(process.execPath, ['--conditions=interlink-source', example], {
        stdio: ['ignore', 'ignore', 'ignore'],
        env: { ...env, POD_IP: '127.0.0.1', KUBELET_PORT: '0' },
      });
      closing.push(async () => {
        child.kill();
        await once(child, 'exit');
        await run('delete', 'node', nodeName);
      });
      const isReady = '-o=jsonpath={.status.conditions[?(@.type=="Ready")].status}';
      await waitFor('the node to be ready', async () => (await run('get', 'node', nodeName, isReady)) === 'True');
      await writeFile(join(directory, 'pod.json'), JSON.stringify(sleepingPod('nap', 1)));
      await writeFile(join(directory, 'long.json'), JSON.stringify(sleepingPod('long', -1)));
      await run('apply', '-f', join(directory, 'pod.json'), '-f', join(directory, 'long.json'));
    });
    afterAll(async () => {
      for (const close of closing.reverse()) await close();
    });

    const waitForPhase = async (name: string, phase: string) =>
      await waitFor(`pod ${name} to be ${phase}`, async () => {
        return (await run('get', 'pod', name, '-o=jsonpath={.status.phase}')) === phase;
      });

    test('a pod runs as long as it says and succeeds', async () => {
      await waitForPhase('nap', 'Succeeded');
      expect(await run('logs', 'nap')).toBe('main sleeps\n');
      await run('delete', 'pod', 'nap');
    });

    test('exec reaches a pod that runs, and deletion ends it', async () => {
      await waitForPhase('long', 'Running');
      expect(await run('exec', 'long', '--', 'hello', 'there')).toBe('hello there\n');
      await run('delete', 'pod', 'long');
      await expect(run('get', 'pod', 'long')).rejects.toThrow('not found');
    });
  },
);

function sleepingPod(name: string, seconds: number): object {
  const container = { name: 'main', image: 'none', args: [String(seconds)] };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { nodeName, restartPolicy: 'Never', containers: [container] },
  };
}
