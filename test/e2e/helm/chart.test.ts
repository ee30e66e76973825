import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { type CommandResult, ensureHelm, ON_DEMAND_TIMEOUT_MS, runCommand, waitFor } from '../../testbed/index.ts';
import { commandsBelow } from '../drivers/document-commands.ts';
import { ManifestBed } from '../drivers/kubelet/manifest-bed.ts';
import { Namespace } from '../drivers/namespace.ts';
import { NodeView } from '../drivers/node.ts';
import { pod, shell } from '../drivers/pods.ts';
import { runShell } from '../drivers/shell-commands.ts';
import { cannotRun } from '../drivers/site-test.ts';
import { partsOf } from '../drivers/testbed-parts.ts';
import { valuesOf } from './values.ts';

const chart = join(import.meta.dirname, '../../../charts/interlink');
const selector = 'app.kubernetes.io/instance=my-node';

describe.skipIf(cannotRun)('charts/interlink', () => {
  let helm = '';
  let bed: ManifestBed;
  beforeAll(async () => {
    const onProgress = (line: string) => void process.stderr.write(`${line}\n`);
    helm = await ensureHelm({ onProgress, signal: new AbortController().signal });
    bed = await ManifestBed.start(partsOf(inject('testbed')));
  }, ON_DEMAND_TIMEOUT_MS);
  afterAll(async () => await bed.end());
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') process.stdout.write(await bed.logs('vk'));
    await bed.clear();
  });

  const run = async (...args: string[]): Promise<CommandResult> =>
    await runCommand(helm, args, { timeoutMs: 60_000, env: { ...process.env, HOME: bed.directory } });

  async function fileOf(name: string): Promise<string> {
    const file = join(bed.directory, `${name}.yaml`);
    // JSON is YAML.
    await writeFile(file, JSON.stringify(valuesOf[name]));
    return file;
  }

  test.each(Object.keys(valuesOf))('lints and renders with the values %s', async (name) => {
    const file = await fileOf(name);
    expect(await run('lint', '--strict', chart, '--values', file)).toMatchObject({ exitCode: 0 });
    const { stdout, stderr, exitCode } = await run('template', 'release', chart, '-n', 'interlink', '--values', file);
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    await expect(stdout).toMatchFileSnapshot(`golden/${name}.yaml`);
  });

  test('lints as it is', async () => {
    expect(await run('lint', chart)).toMatchObject({ exitCode: 0 });
  });

  test.each([
    ['no address', [], /interlink\.address is wanted: where InterLink is/],
    ['an unknown value', ['OAUTH.TokenURL=https://x'], /TokenURL/],
    ['an address with a port', ['interlink.address=http://x:3000'], /interlink.*address/],
    ['a plugin without InterLink', ['interlink.address=http://x', 'plugin.enabled=true'], /the plugin runs beside/],
    ['two plugins', ['interlink.enabled=true', 'plugin.enabled=true', 'plugin.image=x', 'replicas=2'], /one is wanted/],
    [
      'a certificate for plain HTTP',
      ['interlink.address=http://x', 'interlink.tls.secretName=t'],
      /https:\/\/ is wanted/,
    ],
    ['OAUTH without a secret', ['interlink.address=https://x', 'OAUTH.enabled=true'], /OAUTH/],
  ])('refuses %s', async (_, values, reason) => {
    const { stderr, exitCode } = await run('template', chart, ...values.flatMap((value) => ['--set', value]));
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(reason);
  });

  test('installed as docs/kubernetes.md has it, a node runs a pod; so it does after an upgrade to InterLink in the same pod', async ({
    onTestFinished,
  }) => {
    const { controlPlane } = partsOf(inject('testbed'));
    const withHelm = async (script: string) =>
      await runShell(controlPlane, `export HOME=${bed.directory}; helm() { ${helm} "$@"; }; ${script}`);
    onTestFinished(async () => {
      await withHelm('helm uninstall my-node -n interlink; kubectl delete ns/interlink node/my-node');
    });
    for (const name of ['vk', 'interlink', 'mock-sidecar'] as const)
      await bed.makeImage(`interlink/${name}:latest`, name);
    const token = await bed.startInterLink();
    const documented = await commandsBelow('docs/kubernetes.md', '## With Helm');
    await withHelm(documented.replace('10.0.0.7', bed.hostIP));
    const namespace = Namespace.existing('interlink', controlPlane);
    await namespace.run('create', 'secret', 'generic', 'interlink-token', `--from-file=token=${token}`);

    const [installedPod] = await bed.podsOf(namespace, selector);
    const installed = await bed.run(installedPod, namespace);
    const node = new NodeView('my-node', controlPlane);
    await node.waitForCondition('InterLinkConnectivity', 'True');
    // A new node is not ready when it is first seen.
    await node.waitForCondition('Ready', 'True');
    expect(await installed.running.probe('vk', 'readinessProbe')).toBe(200);
    await namespace.apply(pod('my-node', 'hello', { containers: [shell('main', 'echo hello')] }));
    await namespace.waitForPhase('hello', 'Succeeded');
    expect(await namespace.run('logs', 'hello')).toBe('hello\n');
    await namespace.run('delete', 'pod', 'hello');
    expect(await installed.running.log('vk')).not.toMatch(/forbidden/i);
    await bed.clear();

    await withHelm(`helm upgrade my-node ${chart} -n interlink --values ${await fileOf('in-pod')}`);
    const [upgradedPod] = await bed.podsOf(namespace, selector, { containers: 3 });
    const upgraded = await bed.run(upgradedPod, namespace);
    await waitFor('the node to be the other plugin’s', async () => {
      const { status } = await node.get();
      return status?.nodeInfo?.containerRuntimeVersion?.startsWith('mock:');
    });
    await node.waitForCondition('InterLinkConnectivity', 'True');
    expect(await upgraded.running.log('interlink')).toContain('only this account can enter the folder of the socket');
    await namespace.apply(pod('my-node', 'played', { containers: [shell('main', 'true')] }));
    await namespace.waitForPhase('played', 'Running');
    await namespace.run('delete', 'pod', 'played');
    expect(await upgraded.running.log('vk')).not.toMatch(/forbidden/i);
  });
});
