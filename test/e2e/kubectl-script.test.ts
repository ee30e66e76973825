import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type CommandResult, kubectl, type TestCluster, testClusters } from '../testbed/index.ts';
import { Site } from '../testbed/site/site.ts';
import { script, scriptNamespace, scriptNode } from './drivers/kubectl-script.ts';

const testbed = inject('testbed');
type Outcome = Pick<CommandResult, 'exitCode' | 'stdout' | 'stderr'>;

describe.skipIf(testbed.controlPlane === undefined)('kubectl on the in-memory cluster', () => {
  let inMemory: Outcome[];
  let real: Outcome[];

  beforeAll(async () => {
    [inMemory = [], real = []] = await Promise.all(testClusters(testbed).map(runScript));
  });

  test.each(script.map((command, index) => ({ ...command, index, title: command.args.join(' ') })))(
    '$index: kubectl $title',
    ({ index, differs, expects }) => {
      const [ours, theirs] = [inMemory[index], real[index]];
      if (differs === undefined) expect(ours).toEqual(theirs);
      else {
        // A difference that is gone is to be taken off the list.
        expect(ours).not.toEqual(theirs);
        expect(`${ours?.stdout}${ours?.stderr}`).toMatch(expects ?? /./);
      }
    },
  );
});

const closing: Array<() => Promise<void>> = [];
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

/** Runs the script with a virtual node of its own behind the cluster. */
async function runScript({ name, open }: TestCluster): Promise<Outcome[]> {
  const { kubeconfig, close } = await open();
  closing.push(close);
  const run = (args: readonly string[], input?: string) =>
    kubectl(testbed, args, { kubeconfig, timeoutMs: 90_000, ...(input === undefined ? {} : { input }) });
  const directory = await mkdtemp(join(tmpdir(), `kubectl-script-${name}-`));
  closing.push(() => rm(directory, { recursive: true }));
  const site = await Site.start({ directory, kubeconfig, nodeName: scriptNode, sidecar: 'mock' });
  closing.push(async () => {
    await site.stop();
    await run(['delete', 'node', scriptNode]);
  });
  await run(['create', 'namespace', scriptNamespace]);
  const outcomes: Outcome[] = [];
  for (const { args, input } of script) {
    const { exitCode, stdout, stderr } = await run(['-n', scriptNamespace, ...args], input);
    outcomes.push({ exitCode, stdout: normalized(stdout), stderr: normalized(stderr) });
  }
  return outcomes;
}

/** Without what differs from run to run on one and the same cluster: times, random names and numbers, tokens. */
function normalized(text: string): string {
  return text
    .replaceAll(/ey[\w-]+\.[\w-]+\.[\w-]+/g, '<token>')
    .replaceAll(/\/tmp\/(LIVE|MERGED)-\d+/g, '/tmp/$1')
    .replaceAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?( \+0000 UTC|Z)?/g, '<time>')
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uid>')
    .replaceAll(/resourceVersion: "\d+"/g, 'resourceVersion: "<n>"')
    .replaceAll(/ +\d+[smhd]+\d*s?\b/g, ' <age>')
    .replaceAll(/ {2,}/g, '  ');
}
