import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findFreePorts } from '../testbed/process/free-ports.ts';
import { runProgram } from './drivers/run-program.ts';

const processes = [['vk', '--nodename', 'never'], ['interlink'], ['docker-sidecar']] as const;
let directory: string;
let home: Record<string, string>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'e2e-bad-configuration-'));
  home = { HOME: directory, XDG_CONFIG_HOME: join(directory, 'config'), XDG_STATE_HOME: join(directory, 'state') };
});
afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

describe('a wrong configuration ends the process with one clear line', { concurrent: true }, () => {
  test.for(processes)('%s: an unknown key', async ([name, ...args]) => {
    const file = await write(`unknown-key-${name}.yaml`, 'InterlinkPrt: 3000\n');
    const { exitCode, complaints } = await runProgram([name, ...args], { ...home, INTERLINKCONFIGPATH: file });
    expect(exitCode).toBe(2);
    expect(complaints).toEqual([
      `${name}: Invalid configuration: Unknown key InterlinkPrt in ${file}: did you mean InterlinkPort?`,
    ]);
  });

  test('values of the wrong type, all at once', async () => {
    const file = await write('wrong-type.yaml', 'InterlinkPort: many\nExportPodData: 7\n');
    const { exitCode, complaints } = await runProgram(['interlink'], { ...home, INTERLINKCONFIGPATH: file });
    expect(exitCode).toBe(2);
    expect(complaints).toEqual([
      `interlink: Invalid configuration: InterlinkPort in ${file} is "many": a whole number is wanted; ExportPodData in ${file} is 7: true or false is wanted`,
    ]);
  });

  test('vk: what only nodes go by, before anything is connected to', async () => {
    const text = 'Limits.Capacity: cpu=many\nPolicy.NodeLabelDomains: "a b"\n';
    const file = await write('node-policy.yaml', text);
    const { exitCode, complaints } = await runProgram(['vk', '--nodename', 'never'], {
      ...{ ...home, INTERLINKCONFIGPATH: file, KUBECONFIG: join(directory, 'absent') },
    });
    expect(exitCode).toBe(2);
    expect(complaints).toEqual([
      'vk: Invalid configuration: Limits.Capacity holds "cpu=many": name=quantity is wanted, such as memory=256Gi; Policy.NodeLabelDomains holds "a b": a domain such as nvidia.com is wanted',
    ]);
  });

  test('a variable of the wrong type', async () => {
    const { exitCode, complaints } = await runProgram(['interlink'], { ...home, INTERLINKPORT: 'x' });
    expect(exitCode).toBe(2);
    expect(complaints).toEqual(['interlink: Invalid configuration: $INTERLINKPORT is "x": a whole number is wanted']);
  });

  test('a named file that is not there', async () => {
    const file = join(directory, 'absent.yaml');
    const { exitCode, complaints } = await runProgram(['interlink'], { ...home, INTERLINKCONFIGPATH: file });
    expect(exitCode).toBe(2);
    expect(complaints).toHaveLength(1);
    expect(complaints[0]).toMatch(
      `interlink: Cannot read the configuration ${file} (named by $INTERLINKCONFIGPATH): ENOENT`,
    );
  });

  test('vk: an API that is not reached within --startup-timeout', async () => {
    const [port] = await findFreePorts(1);
    const cluster = { name: 'c', cluster: { server: `http://127.0.0.1:${port}` } };
    const context = { name: 'x', context: { cluster: 'c', user: 'u' } };
    const users = [{ name: 'u', user: {} }];
    const kubeconfig = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'x',
      clusters: [cluster],
      contexts: [context],
      users,
    };
    const file = await write('kubeconfig', JSON.stringify(kubeconfig));
    const startedAt = performance.now();
    const args = ['vk', '--nodename', 'never', '--kubeconfig', file, '--startup-timeout', '2s', '--port', '0'];
    const { exitCode, complaints } = await runProgram(args, home);
    expect(exitCode).toBe(1);
    expect(complaints).toHaveLength(1);
    expect(complaints[0]).toMatch(/^vk: The node did not start within 2 s \(--startup-timeout\): .*ECONNREFUSED/);
    expect(performance.now() - startedAt).toBeGreaterThan(2_000);
  });

  test('vk: a kubeconfig that is not there, and an unknown flag', async () => {
    const absent = await runProgram(['vk', '--kubeconfig', join(directory, 'absent')], home);
    expect(absent.exitCode).not.toBe(0);
    expect(absent.complaints).toHaveLength(1);
    expect(absent.complaints[0]).toContain(join(directory, 'absent'));
    const unknown = await runProgram(['vk', '--nodenam', 'x'], home);
    expect(unknown.exitCode).toBe(2);
    expect(unknown.complaints.join('\n')).toMatch(/unknown option '--nodenam'/);
  });
});

async function write(name: string, text: string): Promise<string> {
  const file = join(directory, name);
  await writeFile(file, text);
  return file;
}
