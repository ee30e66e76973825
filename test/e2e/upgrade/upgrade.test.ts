import { mkdtemp, readlink, rename, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pod } from '@interlink/kube';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { ensureBinaries, ON_DEMAND_TIMEOUT_MS, runCommandOrThrow, waitFor } from '../../testbed/index.ts';
import type { SitePart } from '../../testbed/site/site-part.ts';
import { isReady } from '../drivers/containers.ts';
import { EngineView } from '../drivers/engine.ts';
import { Namespace } from '../drivers/namespace.ts';
import { NodeView } from '../drivers/node.ts';
import { pod, shell } from '../drivers/pods.ts';
import { numbered, waitForAll } from '../drivers/running-pods.ts';
import { cannotRun, startSite } from '../drivers/site-test.ts';
import { partsOf } from '../drivers/testbed-parts.ts';
import { buildVersion } from './build-version.ts';
import { ShortPods } from './short-pods.ts';

const nodeName = 'e2e-upgrade';
const otherVersion = '0.1.999';
const steady = numbered('steady', 3);
const patient = { timeoutMs: 90_000 };

/** Writes a numbered line again and again: one that is missing, or a number that comes again, would show. */
const counts = 'trap "exit 0" TERM; n=0; while true; do n=$((n + 1)); echo "line $n"; sleep 0.1; done';
const probe = { exec: { command: ['true'] }, periodSeconds: 1, timeoutSeconds: 30 };

/** A folder's name that stands for one build or the other, as an operator installs them side by side. */
async function makeSwitch(): Promise<{ path: string; pointTo(folder: string): Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'upgrade-'));
  onTestFinished(async () => await rm(directory, { recursive: true }));
  const path = join(directory, 'current');
  const pointTo = async (folder: string) => {
    await symlink(folder, `${path}.new`);
    await rename(`${path}.new`, path);
  };
  return { path, pointTo };
}

/** Of the process that runs. */
async function versionOf({ pid }: SitePart): Promise<string> {
  const printed = await runCommandOrThrow(await readlink(`/proc/${pid}/exe`), ['--version']);
  return printed.split(' ')[1] ?? printed;
}

/** What would differ if a container had been started again, or another in its place. */
function identityOf({ metadata, status }: Pod): string {
  const [main] = status?.containerStatuses ?? [];
  return `${metadata?.uid} ${main?.containerID} ${main?.restartCount} ${main?.state?.running?.startedAt}`;
}

describe.skipIf(cannotRun)('an upgrade and its rollback', { timeout: ON_DEMAND_TIMEOUT_MS }, () => {
  test('replace each process under load, and pods do not notice', async () => {
    const { controlPlane, docker } = partsOf(inject('testbed'));
    using other = await buildVersion(otherVersion);
    const first = await ensureBinaries();
    const installed = await makeSwitch();
    await installed.pointTo(first);
    const engine = new EngineView(docker);
    const { site, end } = await startSite(nodeName, engine, { binaries: installed.path });
    onTestFinished(end);
    const namespace = await Namespace.create(nodeName, controlPlane);
    onTestFinished(async () => await namespace.delete());
    const node = new NodeView(nodeName, controlPlane);
    const firstVersion = await versionOf(site.vk);
    expect(firstVersion).not.toBe(otherVersion);

    const container = shell('main', counts, { readinessProbe: probe, livenessProbe: probe });
    const pods = steady.map((name) => pod(nodeName, name, { restartPolicy: 'Always', containers: [container] }));
    await namespace.apply(...pods);
    await waitForAll(namespace, steady, 'Running');
    for (const name of steady) await namespace.waitForPod(name, 'ready', isReady, patient);
    const steadyNow = async () =>
      (await namespace.pods()).filter(({ metadata }) => steady.includes(metadata?.name ?? ''));
    const before = (await steadyNow()).map(identityOf);
    const load = new ShortPods(namespace, nodeName);

    const replace = async (part: 'vk' | 'interlink' | 'sidecar', version: string) => {
      await site[part].stop();
      expect(await site[part].ended()).toBe(0);
      const made = load.count;
      // Some come while it is away.
      await waitFor('pods to come', () => load.count > made + 1);
      await site[part].start(part === 'vk' ? 'backend within reach' : 'listening');
      expect(await versionOf(site[part])).toBe(version);
      await node.waitForCondition('InterLinkConnectivity', 'True');
      expect((await steadyNow()).map(identityOf)).toEqual(before);
    };
    await installed.pointTo(other.folder);
    for (const part of ['vk', 'interlink', 'sidecar'] as const) await replace(part, otherVersion);
    await installed.pointTo(first);
    for (const part of ['vk', 'interlink', 'sidecar'] as const) await replace(part, firstVersion);

    const names = await load.stop();
    await waitForAll(namespace, names, 'Succeeded', patient);
    const said = await namespace.run('logs', '-l', 'app=short', '--tail=-1', `--max-log-requests=${names.length}`);
    expect(said.trim().split('\n').toSorted()).toEqual(names.toSorted());
    expect((await engine.inventory(nodeName)).length).toBe(names.length + steady.length);

    const after = await steadyNow();
    expect(after.map(identityOf)).toEqual(before);
    expect(after.map(isReady)).toEqual(steady.map(() => true));
    for (const name of steady) {
      const lines = (await namespace.run('logs', name)).trim().split('\n');
      expect(lines).toEqual(lines.map((_, index) => `line ${index + 1}`));
    }
    await namespace.run('delete', 'pods', '--all', '--timeout=50s');
    await waitFor('nothing to be left at the engine', async () => (await engine.ofNode(nodeName)).length === 0);
  });
});
